//! The words that names of secrets consist of, and what each of them says.

use std::collections::HashMap;
use std::sync::OnceLock;

/// What a word of a name says: a set of roles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles(u16);

impl Roles {
    /// A password, where it stands as a word of its own.
    pub const PASSWORD: Self = Self(1);
    /// Promises a random value, though not always a secret one.
    pub const RANDOM: Self = Self(1 << 1);
    /// Makes a `key` a secret one.
    pub const OF_KEY: Self = Self(1 << 2);
    /// Before a `token`, a `key` or a `secret`: leaves no doubt.
    pub const STRONG: Self = Self(1 << 3);
    /// At the end of a name: says nothing about its kind.
    pub const NEUTRAL: Self = Self(1 << 4);
    /// Behind a promise: what is named is about the secret.
    pub const ABOUT: Self = Self(1 << 5);
    /// Before a token or a key: something public, or something of a parser.
    pub const PUBLIC: Self = Self(1 << 6);
    /// Before any promise: there is no such secret, or only its digest.
    pub const DENIED: Self = Self(1 << 7);

    /// What `word`, in lower case, says.
    pub fn of(word: &str) -> Self {
        static KNOWN: OnceLock<HashMap<&str, Roles>> = OnceLock::new();
        let known = KNOWN.get_or_init(|| {
            let mut known = HashMap::<&str, Self>::new();
            for (role, words) in WORDS {
                for word in words.split_ascii_whitespace() {
                    known.entry(word).or_default().0 |= role.0;
                }
            }
            known
        });
        known.get(word).copied().unwrap_or_default()
    }

    pub fn has(self, role: Self) -> bool {
        self.0 & role.0 != 0
    }
}

const WORDS: &[(Roles, &str)] = &[
    (
        Roles::PASSWORD,
        "mdp psw pass pw pin clave parola passe pswd rootpw userpw pws bindpw",
    ),
    (Roles::RANDOM, "key salt nonce seed iv authorization"),
    (
        Roles::OF_KEY,
        "api secret access private auth encryption encrypt signing sign signature master \
     account license licence shared storage service admin app application deploy webhook \
     hmac session cookie jwt rpc crypto aes des rsa client consumer server subscription \
     write ingest integration secure security authentication authorization decryption \
     decrypt root send vault cipher fernet csrf psk wpa wifi preshared pre validation \
     verification oauth google maps aws azure stripe github gitlab sendgrid mailgun \
     mailchimp twilio firebase algolia bugsnag sentry datadog newrelic fcm gcm captcha \
     recaptcha pusher openai slack telegram weather steam tmdb youtube facebook twitter \
     instagram linkedin dropbox heroku rapidapi user device agent node push sms payment pay \
     hash hashing salt symmetric trans product activation serial bot bearer db database \
     team project env merchant partner game sas",
    ),
    (
        Roles::STRONG,
        "api client access auth secret private bearer bot app application consumer oauth \
     refresh webhook signing encryption subscription license shared admin service deploy \
     personal jwt",
    ),
    (
        Roles::NEUTRAL,
        "value default string str text plain plaintext raw prod production dev development \
     staging live base old new current main primary secondary here data literal fallback \
     sandbox local test testing tests env var param arg const constant val encoded base64 \
     b64 hex bytes utf8 a b c x y one two valid real temp tmp my admin user root db s \
     master again repeat confirmation confirm orig original stage qa uat ci",
    ),
    (
        Roles::ABOUT,
        "id ids name names path file files filename dir folder url uri urls endpoint type types \
     kind length len size count field fields label placeholder regex regexp pattern min max \
     minimum maximum policy hash hashes hashed hasher digest sha sha1 sha256 sha512 md5 \
     checksum salt version hint help title message msg error errors err exception prompt \
     description desc info format encoding algorithm alg algo method mode provider manager \
     expiry expires expiration expire ttl age timeout lifetime created updated date time at \
     input button link form page view template column table index idx ref reference source \
     selector class element icon header prefix suffix param parameter params property prop \
     attribute attr option flag enabled required reset change changed strength store \
     storage service server host port user username email role scope scopes issuer audience \
     status state event action handler callback function func generator validator verifier \
     parser encoder decoder filter factory helper util utils config settings credentials \
     request response result list map set array dict object key keys pair permissions arn \
     usage uses rotation backend engine slot position start end offset line char character \
     characters chars separator delimiter alias domain group groups namespace owner code \
     exists present missing invalid failed failure success visible visibility shown hidden \
     toggle rules rule requirements complexity history recovery reminder update command cmd \
     script location loc comment note text display caption locator xpath css style tag pem \
     crt cert certificate",
    ),
    (
        Roles::PUBLIC,
        "public pub socket authenticity websocket msm fingerprint csrf xsrf csrfmiddleware next page cursor continuation \
     pagination sort cache foreign partition cancellation cancel syntax lexer lex parser \
     parse stop mask pad padding eos bos sep cls unk sync change delta idempotency design \
     nft erc20 erc mint contract symbol special separator match regex pattern bad wrong \
     fake dummy mock mocked example sample placeholder unknown hash hashed encrypted \
     encoded obfuscated redacted masked sha1 sha256 sha512 md5 digest checksum prev \
     previous site publishable anonymous anon no without missing empty forgot show hide \
     toggle image etag tracking resume marker open close invalid primary index unique \
     object bucket dict map hot arrow enter registry lookup translation i18n message msg \
     label group row column field property config setting settings event metric ssh host \
     known gpg pgp query route routing binding json xml header composite natural surrogate \
     identity state react store item list menu tab node tree memo kms cmk context metadata \
     tag annotation etcd redis s3 file path url uri id name type debug is has not \
     generate generated",
    ),
    (
        Roles::DENIED,
        "hash hashed encrypted encoded fake dummy mock mocked example sample placeholder wrong \
     bad invalid no without missing empty forgot show hide toggle unknown sha1 sha256 \
     sha512 md5 digest regex pattern is has not masked redacted obfuscated generate \
     generated label message msg change match",
    ),
];
