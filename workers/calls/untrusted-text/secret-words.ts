// Words that stand before a secret in a text, in the languages of service desks; and words that are none.

/** Inside longer words too: `adminPassword`, `WLAN-Passwort`. */
const PASSWORD_PARTS =
	'pass(?:word|wort|wörter|phrase|wd|code)|passwrd|pwd|kennwort|wachtwoord|contrase[ñn]a|lösenord|losenord|adgangskode|hasło|heslo|salasana|şifre|парол[ьяюие]\\p{L}{0,2}|密码|密碼|口令|パスワード|パスコード|暗証番号|비밀번호|암호';
const PASSWORD_WORDS =
	"pass|pass[ -]code|pw|p/w|pswd|psw|pwrd|passw|mdp|mots? de passe|senha|palavra[- ]passe|clave(?: de acceso)?|parola d[’']ordine|codice di accesso";
export const PASSWORD_LABEL = `(?:(?:${PASSWORD_PARTS})(?:s|et|en|es|n)?|(?<![\\p{L}\\p{N}])(?:${PASSWORD_WORDS})(?!\\p{L}))`;

export const CREDENTIALS_LABEL =
	'(?<![\\p{L}\\p{N}])(?:cred(?:ential)?s|user(?:name)?\\s?[/&+]\\s?(?:password|pass|pwd|pw)|zugangsdaten|anmeldedaten|login-?daten|identifiants?|credenciales|credenciais|credenziali|inloggegevens|inloggningsuppgifter|учетные данные|логин\\s?/\\s?пароль|账号密码)';
export const LOGIN_LABEL =
	'(?<![\\p{L}\\p{N}])(?:log[- ]?[io]n|sign[- ]?in|anmeldung|connexion|inicio de sesión|логин|登录)';

export const KEY_LABEL = [
	'(?:api|secret|access|private|account|storage|shared|encryption|host|signing)[ _-]?key(?: id)?',
	'(?:client|shared|app|consumer|webhook|api)[ _-]?secret',
	'(?<![\\p{L}\\p{N}_-])secret(?=\\s{0,3}[:=])',
	'(?:auth|access|refresh|bearer|api|bot|session)[ _-]?token',
	'pre-?shared[ _-]?key|(?<![\\p{L}\\p{N}])psk|wpa[23]?[ _-]?key|wi-?fi[ _-]?key|connection[ _-]?string',
	'(?:api|geheimer|privater|wlan|zugriffs)[ _-]?schlüssel|(?:api|wlan)[ _-]?(?:sleutel|nyckel)',
	'clé (?:api|secrète|privée|wi-?fi)|clave (?:api|secreta|privada)|chave (?:api|secreta|privada)|chiave (?:api|segreta|privata)',
	'(?:секретный|закрытый) ключ|ключ api|API密钥|密钥|APIキー|秘密鍵|令牌',
].join('|');

/** Words between a label and its value, after which the value follows. */
export const COPULA = [
	"(?:is|was|are|were|be|to|it[’']s|now)",
	'(?:ist|war|lautet|lautete|heißt|heisst|auf)',
	"(?:est|était|c[’']est|sera|devient)",
	'(?:es|era|será|é|foi|è|sarà)',
	'(?:luidt|är|var|er|jest|brzmi)',
	'(?:это|теперь|был|есть)',
].join('|');
export const NOW = 'now|jetzt|nun|maintenant|désormais|ahora|agora|adesso|ora|nu|теперь';
/** Prepositions of "has been set to", "wurde auf … gesetzt", "a été changé en". */
export const INTO = 'to|as|auf|en|à|par|a|por|para|in|naar|till|til|na|на';
/** Between a label and whom it is for. */
export const FOR = 'for|of|on|für|von|zum|zur|vom|pour|de|du|da|do|del|di|para|voor|van|för|för|dla|для|от|на|к';

export const CODE_LABEL = [
	'(?:verification|security|authenticat(?:ion|or)|one[- ]?time|mfa|2fa|otp|totp|two[- ]factor|sms|log-?in|sign[- ]?in|access|confirmation|auth|backup|recovery)[ -](?:code|pin|passcode|password|token)s?',
	'(?:bestätigungs|sicherheits|verifizierungs|einmal|zugangs|anmelde|freischalt)-?(?:code|pin|passwort)',
	'code de (?:vérification|sécurité|confirmation|connexion)|code à usage unique',
	'código de (?:verificación|verificação|seguridad|segurança|acceso|acesso|confirmación)',
	'(?:verificatie|beveiligings|inlog|bevestigings)code|(?:verifierings|engångs|säkerhets)kod|codice di (?:verifica|sicurezza|accesso)',
	'kod weryfikacyjny|код (?:подтверждения|доступа|безопасности)|одноразовый (?:код|пароль)',
	'验证码|驗證碼|動態密碼|认证码|認証コード|確認コード|ワンタイムパスワード|인증번호|인증 ?코드',
].join('|');

export const RECOVERY_CODES_LABEL =
	'(?:recovery|backup|scratch|emergency|rescue)[ -]?codes?|(?:wiederherstellungs|notfall|sicherungs|backup-)codes?|codes? de (?:secours|récupération)|códigos? de (?:recuperación|recuperação|respaldo)|herstelcodes?|codici di (?:recupero|backup)|återställningskoder|(?:коды|код) восстановления|резервные коды|恢复码|リカバリーコード';

/** Words that follow "password:" in a sentence about a password. */
export const STATUS_WORDS = new Set(
	`a above admin's and any ask at attached been below blank call can cannot can't change changed changing contact created
	do does doesn't don't due email empty enter expire expired expires expiry failed field for forgot forgotten from had has
	have hint how i if in incorrect invalid is issue issues it keeps later link locked lost manager me must my n/a na need
	needed needs never new no none not ok okay old on only or our pending please policy policies problem protected provided
	recovery rejected remains request requested requests required reset resets resetting resolved same see self-service
	sent should still tbd the their then they this to too tool unchanged unknown update updated user users valid verified via
	was we were what when will with work worked working works wrong yes you your stored vault keepass
	abgelaufen vergessen geändert gesperrt falsch unbekannt folgt siehe wird wurde zurückgesetzt ungültig bitte nicht
	oublié expiré perdu changé incorrect inconnu voir réinitialisé à non
	olvidada olvidado caducada vencida cambiada incorrecta ver pendiente no restablecida
	esquecida expirada alterada incorreta redefinida verlopen vergeten gewijzigd onbekend zie glömt utgånget dimenticata
	scaduta забыт истёк истек изменён неверный сброшен не см`
		.split(/\s+/)
		.map((word) => word.trim())
		.filter(Boolean),
);
