//! Canonical names of Go: the import path without its version, a dot, the name: `os/exec.Command`,
//! `github.com/labstack/echo.Context.Param`. A variable has its type's name, pointers and slices
//! the name of what they point to, a result is `database/sql.Open()`: `database/sql.*.Query` names
//! a method however its receiver was come by.

use super::{Clean, Library, Taint, keeps_nothing};

pub(in crate::parse::source) static LIBRARY: Library = Library {
    entry,
    request_member,
    cleans,
    passes_on,
    template,
    fills,
    wraps: |path| {
        matches!(
            path,
            "string" | "strings.TrimSpace" | "strings.ToLower" | "strings.ToUpper"
        )
    },
    keeps: keeps_nothing,
    reference: Some("&"),
    is_number,
    is_own,
    loads,
    request_words: &[
        "http",
        "gin",
        "echo",
        "fiber",
        "mux",
        "chi",
        "httprouter",
        "fasthttp",
        "iris",
        "restful",
        "events",
        "GetString",
    ],
};

fn entry(path: &str) -> Taint {
    match path {
        "os.Args"
        | "flag.Args()"
        | "flag.Arg()"
        | "flag.String()"
        | "github.com/spf13/pflag.Args()"
        | "github.com/spf13/pflag.Arg()" => return Taint::ARGV,
        "os.Getenv()" | "os.LookupEnv()" | "os.Environ()" => return Taint::ENV,
        "os.Stdin" | "fmt.Scan()" | "fmt.Scanln()" | "fmt.Scanf()" => return Taint::INPUT,
        "github.com/gorilla/mux.Vars()"
        | "github.com/go-chi/chi.URLParam()"
        | "github.com/go-chi/chi.URLParamFromCtx()"
        | "net/http.Request.PathValue()" => return Taint::REQUEST,
        _ => {}
    }
    let is_archive = (path.starts_with("archive/tar.") || path.starts_with("archive/zip."))
        && [".Name", ".Linkname", ".File"]
            .iter()
            .any(|end| path.ends_with(end));
    if is_archive {
        return Taint::ARCHIVE;
    }
    // A framework's context holds the request that the standard library made.
    for held in [
        "Context.Request.",
        "Context.Request().",
        "Context().Request.",
    ] {
        if let Some((_, member)) = path.split_once(held) {
            return request(member);
        }
    }
    for (owner, members) in OWNERS {
        if let Some(member) = path.strip_prefix(owner) {
            return match member.strip_suffix("()") {
                Some(method) if members.contains(&method) => Taint::REQUEST,
                // Fields, of what a cloud hands over.
                None if owner.contains("/events.") && members.contains(&member) => Taint::REQUEST,
                _ => Taint::NONE,
            };
        }
    }
    match path.strip_prefix("net/http.Request.") {
        Some(member) => request(member),
        None => Taint::NONE,
    }
}

/// Types whose methods give what a client sent.
const OWNERS: &[(&str, &[&str])] = &[
    (
        "github.com/gin-gonic/gin.Context.",
        &[
            "Query",
            "DefaultQuery",
            "GetQuery",
            "QueryArray",
            "QueryMap",
            "GetQueryArray",
            "Param",
            "PostForm",
            "DefaultPostForm",
            "GetPostForm",
            "PostFormArray",
            "PostFormMap",
            "GetHeader",
            "Cookie",
            "FormFile",
            "MultipartForm",
            "GetRawData",
            "Bind",
            "BindJSON",
            "BindQuery",
            "BindXML",
            "BindYAML",
            "BindUri",
            "BindHeader",
            "ShouldBind",
            "ShouldBindJSON",
            "ShouldBindQuery",
            "ShouldBindUri",
            "ShouldBindXML",
            "ShouldBindYAML",
            "ShouldBindHeader",
            "ShouldBindWith",
            "ShouldBindBodyWith",
            "MustBindWith",
        ],
    ),
    (
        "github.com/labstack/echo.Context.",
        &[
            "QueryParam",
            "QueryParams",
            "QueryString",
            "Param",
            "ParamValues",
            "FormValue",
            "FormParams",
            "FormFile",
            "MultipartForm",
            "Cookie",
            "Cookies",
            "Bind",
            "Path",
        ],
    ),
    (
        "github.com/gofiber/fiber.Ctx.",
        &[
            "Query",
            "Queries",
            "Params",
            "AllParams",
            "FormValue",
            "FormFile",
            "MultipartForm",
            "Body",
            "BodyRaw",
            "Get",
            "GetReqHeaders",
            "Cookies",
            "OriginalURL",
            "BodyParser",
            "QueryParser",
            "ParamsParser",
            "ReqHeaderParser",
            "CookieParser",
        ],
    ),
    (
        "github.com/valyala/fasthttp.RequestCtx.",
        &[
            "QueryArgs",
            "PostArgs",
            "FormValue",
            "FormFile",
            "UserValue",
            "PostBody",
            "Path",
            "RequestURI",
            "MultipartForm",
            "URI",
        ],
    ),
    (
        "github.com/kataras/iris.Context.",
        &[
            "URLParam",
            "URLParams",
            "URLParamDefault",
            "FormValue",
            "PostValue",
            "FormFile",
            "GetHeader",
            "GetCookie",
            "ReadJSON",
            "ReadForm",
            "ReadQuery",
            "ReadBody",
            "Params",
            "GetBody",
        ],
    ),
    (
        "github.com/emicklei/go-restful.Request.",
        &[
            "PathParameter",
            "PathParameters",
            "QueryParameter",
            "QueryParameters",
            "BodyParameter",
            "HeaderParameter",
            "ReadEntity",
        ],
    ),
    ("github.com/julienschmidt/httprouter.Params.", &["ByName"]),
    (
        "github.com/gorilla/websocket.Conn.",
        &["ReadMessage", "ReadJSON"],
    ),
    (
        "github.com/aws/aws-lambda-go/events.APIGatewayProxyRequest.",
        &[
            "QueryStringParameters",
            "PathParameters",
            "Body",
            "Headers",
            "MultiValueQueryStringParameters",
        ],
    ),
];

/// What the standard library's request holds of the client's. The host is what the client asked
/// for and where the server answers; who redirects to it redirects to himself.
fn request(member: &str) -> Taint {
    let first = member.split('.').next().unwrap_or(member);
    match first {
        "FormValue()" | "PostFormValue()" | "PathValue()" | "FormFile()" | "MultipartReader()"
        | "Cookie()" | "Cookies()" | "UserAgent()" | "Referer()" | "BasicAuth()" | "Form"
        | "PostForm" | "MultipartForm" | "Body" | "Header" | "URL" | "RequestURI" => Taint::REQUEST,
        _ => Taint::NONE,
    }
}

fn request_member(object: &str, member: &str) -> bool {
    // Beego embeds its controller, so that nothing says what `c` is.
    matches!(object, "c" | "this" | "ctrl") && matches!(member, "GetString" | "GetStrings")
}

fn cleans(path: &str, method: &str) -> Option<Clean> {
    Some(match path {
        "strconv.Atoi"
        | "strconv.ParseInt"
        | "strconv.ParseUint"
        | "strconv.ParseFloat"
        | "strconv.ParseBool"
        | "strconv.Itoa"
        | "strconv.FormatInt"
        | "strconv.FormatUint"
        | "strconv.FormatBool"
        | "strconv.FormatFloat"
        | "len"
        | "cap"
        | "time.Now"
        | "time.Since"
        | "time.ParseDuration"
        | "time.Parse"
        | "os.Getpid"
        | "os.Getwd"
        | "os.Getuid"
        | "os.Getgid"
        | "os.TempDir"
        | "os.MkdirTemp"
        | "os.CreateTemp"
        | "io/ioutil.TempDir"
        | "io/ioutil.TempFile"
        | "os.Hostname"
        | "os.Executable"
        | "os.UserHomeDir"
        | "encoding/hex.EncodeToString"
        | "github.com/google/uuid.New"
        | "github.com/google/uuid.NewString"
        | "github.com/google/uuid.Parse"
        | "github.com/google/uuid.MustParse"
        | "net.ParseIP"
        | "net/netip.ParseAddr"
        | "math/big.NewInt"
        | "crypto/sha256.Sum256"
        | "crypto/md5.Sum"
        | "crypto/sha1.Sum" => Clean::ALL,
        _ if is_number(path) => Clean::ALL,
        "path/filepath.Base"
        | "path.Base"
        | "github.com/cyphar/filepath-securejoin.SecureJoin"
        | "github.com/cyphar/filepath-securejoin.SecureJoinVFS" => Clean::PATH,
        "net/url.QueryEscape" | "net/url.PathEscape" => Clean::URL
            .with(Clean::HTML)
            .with(Clean::PATH)
            .with(Clean::LINE),
        // One slash at the beginning, so that no host stands there.
        "path.Clean" => Clean::URL,
        "html.EscapeString"
        | "html/template.HTMLEscapeString"
        | "html/template.JSEscapeString"
        | "html/template.HTMLEscaper"
        | "text/template.HTMLEscapeString"
        | "html/template.URLQueryEscaper" => Clean::HTML,
        // `<`, `>` and `&` come out as `\u003c` and so on.
        "encoding/json.Marshal" | "encoding/json.MarshalIndent" => Clean::HTML,
        "github.com/alessio/shellescape.Quote"
        | "github.com/alessio/shellescape.QuoteCommand"
        | "al.essio.dev/pkg/shellescape.Quote"
        | "github.com/kballard/go-shellquote.Join" => Clean::SHELL,
        "github.com/lib/pq.QuoteIdentifier" | "github.com/lib/pq.QuoteLiteral" => Clean::SQL,
        _ => match method {
            "Sanitize" | "SanitizeBytes" | "SanitizeReader" => Clean::HTML.with(Clean::SQL),
            // `url.Values` and encoders of bases: none leaves a sign of HTML.
            "Encode" => Clean::HTML,
            "EscapeFilter" | "EscapeDN" => Clean::LDAP,
            "QuoteIdentifier" | "QuoteIdent" | "quoteIdentifier" | "QuoteLiteral" => Clean::SQL,
            "ShellQuote" | "shellQuote" | "shellEscape" | "ShellEscape" => Clean::SHELL,
            "Unix" | "UnixNano" | "UnixMilli" | "Len" | "Format" | "IsZero" => Clean::ALL,
            _ => return None,
        },
    })
}

fn passes_on(path: &str, method: &str) -> bool {
    let (module, name) = path.rsplit_once('.').unwrap_or(("", path));
    match module {
        "strings" | "bytes" => !matches!(
            name,
            "Contains"
                | "HasPrefix"
                | "HasSuffix"
                | "Index"
                | "EqualFold"
                | "Compare"
                | "Count"
                | "Equal"
        ),
        "path" | "path/filepath" => matches!(
            name,
            "Join" | "Clean" | "Abs" | "Dir" | "FromSlash" | "ToSlash" | "EvalSymlinks"
        ),
        "net/url" => matches!(
            name,
            "Parse"
                | "ParseRequestURI"
                | "QueryUnescape"
                | "PathUnescape"
                | "JoinPath"
                | "ParseQuery"
        ),
        "fmt" => matches!(name, "Sprint" | "Sprintln"),
        "io" | "io/ioutil" => matches!(
            name,
            "ReadAll" | "NopCloser" | "LimitReader" | "TeeReader" | "MultiReader" | "ReadFull"
        ),
        "bufio" => matches!(name, "NewReader" | "NewScanner" | "NewReaderSize"),
        "encoding/json" | "encoding/xml" | "gopkg.in/yaml" | "encoding/gob" => name == "NewDecoder",
        "html" => name == "UnescapeString",
        "os" => matches!(name, "ExpandEnv"),
        "html/template" => matches!(name, "HTML" | "JS" | "URL" | "HTMLAttr" | "CSS"),
        "" => matches!(name, "string" | "append") || method == "DecodeString",
        _ => name == "DecodeString",
    }
}

fn template(path: &str) -> Option<usize> {
    matches!(path, "fmt.Sprintf" | "fmt.Errorf").then_some(0)
}

fn fills(path: &str, method: &str) -> bool {
    path.starts_with("fmt.Scan")
        || path.starts_with("fmt.Sscan")
        || path.starts_with("fmt.Fscan")
        || method.starts_with("ShouldBind")
        || matches!(
            method,
            "Unmarshal"
                | "Decode"
                | "Bind"
                | "BindJSON"
                | "BindQuery"
                | "BindUri"
                | "BindXML"
                | "BindHeader"
                | "BodyParser"
                | "QueryParser"
                | "ParamsParser"
                | "ReadJSON"
                | "ReadForm"
                | "ReadQuery"
                | "ReadEntity"
                | "DecodeJSON"
        )
}

fn is_number(path: &str) -> bool {
    matches!(
        path,
        "int"
            | "int8"
            | "int16"
            | "int32"
            | "int64"
            | "uint"
            | "uint8"
            | "uint16"
            | "uint32"
            | "uint64"
            | "uintptr"
            | "float32"
            | "float64"
            | "complex64"
            | "complex128"
            | "bool"
            | "time.Duration"
            | "time.Time"
            | "time.Month"
            | "time.Weekday"
            | "github.com/google/uuid.UUID"
            | "math/big.Int"
            | "net.IP"
            | "net/netip.Addr"
            | "os.FileMode"
            | "io/fs.FileMode"
    )
}

/// Exported names of packages: constants, and variables that the program sets.
fn is_own(path: &str) -> bool {
    const PLAIN: &[&str] = &[
        "bufio", "bytes", "context", "errors", "flag", "fmt", "html", "io", "log", "math", "net",
        "os", "path", "reflect", "regexp", "runtime", "sort", "strconv", "strings", "sync",
        "syscall", "time", "unicode", "unsafe",
    ];
    let base = path.rfind('/').map_or(0, |at| at + 1);
    let Some((package, name)) = path.get(base..).and_then(|tail| tail.split_once('.')) else {
        return false;
    };
    (base > 0 || PLAIN.contains(&package))
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn loads(_: &str) -> bool {
    false
}
