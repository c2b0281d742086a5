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
	"(?:is|was|are|were|be|to|it[’']s|now|becomes|stays|remains)",
	'(?:ist|war|lautet|lautete|heißt|heisst|bleibt|auf)',
	"(?:est|était|c[’']est|sera|devient|reste)",
	'(?:es|era|será|queda|quedó|é|foi|fica|è|sarà|resta)',
	'(?:luidt|är|var|er|jest|brzmi)',
	'(?:это|теперь|был|есть)',
].join('|');
export const NOW =
	'now|still|currently|always|jetzt|nun|bisher|aktuell|weiterhin|toujours|actuellement|siempre|actualmente|пока|сейчас|maintenant|désormais|ahora|agora|adesso|ora|nu|теперь';
/** Prepositions of "has been set to", "wurde auf … gesetzt", "a été changé en". */
export const INTO = 'to|as|auf|als|comme|como|come|en|à|par|a|por|para|in|naar|till|til|na|на';
/** Between a label and whom it is for. */
export const FOR =
	'for|of|on|für|fürs|von|zum|zur|vom|der|des|pour|de|du|da|do|del|di|para|voor|van|för|för|dla|для|от|на|к';

export const CODE_LABEL = [
	'(?:verification|security|authenticat(?:ion|or)|one[- ]?time|mfa|2fa|otp|totp|two[- ]factor|sms|log-?in|sign[- ]?in|access|confirmation|auth|backup|recovery)[ -](?:code|pin|passcode|password|token)s?',
	'(?:bestätigungs|sicherheits|verifizierungs|einmal|zugangs|anmelde|freischalt)-?(?:code|pin|passwort)',
	"code de (?:vérification|sécurité|confirmation|connexion|déverrouillage)|code d[’']accès|code à usage unique",
	'código de (?:verificación|verificação|seguridad|segurança|acceso|acesso|confirmación|desbloqueo|activación)',
	'(?:verificatie|beveiligings|inlog|bevestigings)code|(?:verifierings|engångs|säkerhets)kod|codice di (?:verifica|sicurezza|accesso)',
	'kod weryfikacyjny|код (?:подтверждения|доступа|безопасности|активации|из (?:смс|sms|письма))|(?:смс|sms)-код|одноразовый (?:код|пароль)',
	'验证码|驗證碼|動態密碼|动态密码|动态口令|暗証番号|认证码|認証コード|確認コード|ワンタイムパスワード|인증번호|인증 ?코드',
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
	scaduta забыт истёк истек изменён неверный сброшен не см
	all another available both default disabled enabled hidden in its known left most next no-one nobody okay per
	read-only shared similar since some temporary that there two unclear whatever wherever which
	aktuell alle alt bei beim bekannt da die das der den dem er es fehlt gibt gilt gleich hat im immer in ist kann kein keine keins
	kommt korrekt liegt läuft muss neu noch per richtig sicher sie soll steht stimmt und unten unverändert via vom von vorhanden
	wie
	ancien chez communiqué dans demandé en est faux inchangé invalide la le les l'ancien manquant même
	modifié ne nouveau par pas périmé refusé sur toujours valable valide demander
	al anterior bloqueada cambiado con correcta de del el en es está expirado igual inválida la las lo los mantiene mismo misma
	por pedir restablecido según sigue sin solicitada válida vencido
	a ainda bloqueada com da de do em igual mesma na no o pela sem válida
	bij gelijk het hetzelfde in juist niet onveranderd op ongeldig vraag
	como ancora cambiata corretta errata identica il invariata la nella non presso resettata stessa uguale vedi
	gammalt i kvar okänt oförändrat samma saknas
	bez w jest nie nieznane zmienione stare
	без был был в верный временный действует есть известен изменен истекает на нет новый остался правильный прежний просрочен
	старый тот уже утерян уточнить спросить запросить erfragen nachfragen preguntar perguntar chiedere navragen fråga
	emailed mailed texted shared noted documented recorded printed posted written given supplied
	verschickt gesendet notiert gespeichert hinterlegt mitgeteilt übermittelt dokumentiert erhalten
	envoyé noté enregistré transmis communiquée reçu enviada anotada guardada entregada enviado inviata salvata verstuurd
	отправлен записан сохранён передан получен`
		.split(/\s+/)
		.map((word) => word.trim())
		.filter(Boolean),
);

/** Beginnings of the same in scripts without blanks between words. */
export const STATUS_BEGINNING =
	/^(?:不|未|无|無|没|沒|已|请|請|同|见|見|过期|期限|忘|错|錯|变更|変更|更改|重置|リセット|なし|ありません|そのまま|以前|前と|없음|변경|만료|모름)/u;
