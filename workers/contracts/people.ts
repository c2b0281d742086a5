// People: whom an identity provider vouches for, and the rules that say what they may do here.
import type { PersonalMember, Reach } from './reach.ts';

/** Settings of sign-in, as variables or secrets of the Worker. Without them API tokens are the only way in. */
export interface SignInEnv {
	/** Issuer of OpenID Connect, e.g. `https://accounts.google.com`. */
	OIDC_ISSUER?: string;
	OIDC_CLIENT_ID?: string;
	/** Absent for a client that is known by PKCE alone. */
	OIDC_CLIENT_SECRET?: string;
	/** Separated by spaces; absent: `openid profile email`. */
	OIDC_SCOPES?: string;
	/** Absent: `email`, which counts only where the provider says that it is verified. */
	OIDC_ADDRESS_CLAIM?: string;
	/** Absent: `groups`. */
	OIDC_GROUPS_CLAIM?: string;
	/** Label of the button, after "Sign in with"; absent: the issuer's host. */
	OIDC_NAME?: string;
	/** Cloudflare Access: `acme.cloudflareaccess.com`, and the audience tag of the application in front of Patchbay. */
	ACCESS_TEAM_DOMAIN?: string;
	ACCESS_AUD?: string;
}

/** A person, as an identity provider tells. */
export interface Identity {
	issuer: string;
	/** The issuer's id of the person, which never changes. */
	subject: string;
	/** Lower case; null where the issuer vouches for none. */
	email: string | null;
	name: string;
	groups: string[];
}

/** The part of an identity that is kept of a person who has signed in. */
export interface SignedInPerson {
	issuer: string;
	subject: string;
	email: string | null;
	/** Those that a rule names. */
	groups: string[];
}

/** Names people by one of `email`, `email_domain` and `group`. `none` keeps them out. */
export interface SignInRule extends Omit<Reach, 'scope'> {
	email?: string;
	email_domain?: string;
	group?: string;
	scope: Reach['scope'] | 'none';
	/** Beside `email` alone: the person as a member at the vendor, by account id. */
	acts_for?: Record<string, PersonalMember>;
}

export interface SignInRules {
	/** The first that names a person counts. */
	rules: SignInRule[];
	/** Days that a sign-in keeps a person's apps connected. */
	days: number;
	updated_at: string | null;
}

export const SIGN_IN_DAYS_DEFAULT = 30;

/** @returns null where no rule names the person */
export function ruleFor(
	rules: readonly SignInRule[],
	{ email, groups }: Pick<Identity, 'email' | 'groups'>,
): SignInRule | null {
	const domain = email?.slice(email.lastIndexOf('@') + 1);
	const names = (rule: SignInRule): boolean =>
		(rule.email !== undefined && rule.email.toLowerCase() === email) ||
		(rule.email_domain !== undefined && rule.email_domain.toLowerCase() === domain) ||
		(rule.group !== undefined && groups.includes(rule.group));
	return rules.find(names) ?? null;
}
