//! Java: servlets, Spring MVC, JAX-RS. Types have their simple names, whatever is imported.

use crate::parse::source::managed::Declaration;

use super::{Clean, Library, Taint, fills_nothing, keeps_nothing, no_template};

pub(in crate::parse::source) static LIBRARY: Library = Library {
    entry,
    request_member: |_, _| false,
    cleans,
    passes_on,
    template: no_template,
    fills: fills_nothing,
    wraps: |_| false,
    keeps: keeps_nothing,
    reference: None,
    is_number: super::is_plain_type,
    is_own,
    loads: |_| false,
    request_words: &[
        "HttpServletRequest",
        "ServletRequest",
        "RequestParam",
        "PathVariable",
        "RequestBody",
        "RequestHeader",
        "CookieValue",
        "ModelAttribute",
        "MultipartFile",
        "QueryParam",
        "PathParam",
        "FormParam",
        "HeaderParam",
        "Cookie",
        "WebRequest",
        "ServerHttpRequest",
        "ServerRequest",
        "RoutingContext",
        "HttpExchange",
        "Context",
        "GetMapping",
        "PostMapping",
        "RequestMapping",
    ],
};

fn entry(path: &str) -> Taint {
    let Some((of, rest)) = path.split_once('.') else {
        return Taint::NONE;
    };
    let member = rest.split(['.', '(']).next().unwrap_or(rest);
    match of {
        "HttpServletRequest"
        | "ServletRequest"
        | "HttpServletRequestWrapper"
        | "MultipartHttpServletRequest"
        | "WebRequest"
        | "NativeWebRequest"
        | "PortletRequest"
        | "ActionRequest" => match member {
            "getParameter" | "getParameterValues" | "getParameterMap" | "getParameterNames"
            | "getHeader" | "getHeaders" | "getHeaderNames" | "getHeaderValues" | "getCookies"
            | "getQueryString" | "getRequestURI" | "getRequestURL" | "getPathInfo"
            | "getReader" | "getInputStream" | "getPart" | "getParts" | "getRemoteUser"
            | "getFile" | "getFiles" | "getFileMap" => Taint::REQUEST,
            _ => Taint::NONE,
        },
        "Cookie" | "Part" | "MultipartFile" | "FileItem" | "FileItemStream" => match member {
            "getValue"
            | "getName"
            | "getSubmittedFileName"
            | "getOriginalFilename"
            | "getHeader"
            | "getString"
            | "getInputStream"
            | "getBytes"
            | "getContentType"
            | "getComment" => Taint::REQUEST,
            _ => Taint::NONE,
        },
        "ZipEntry" | "JarEntry" | "ArchiveEntry" | "TarArchiveEntry" | "ZipArchiveEntry"
        | "TarEntry" | "FileHeader"
            if matches!(member, "getName" | "getFileName") && rest.ends_with(')') =>
        {
            Taint::ARCHIVE
        }
        "HttpExchange" => match member {
            "getRequestURI" | "getRequestBody" | "getRequestHeaders" => Taint::REQUEST,
            _ => Taint::NONE,
        },
        "ServerHttpRequest" | "ServerRequest" | "HttpServerRequest" => match member {
            "getQueryParams" | "getHeaders" | "getCookies" | "getURI" | "getPath"
            | "queryParam" | "pathVariable" | "getParam" | "params" | "headers" | "getBody"
            | "queryParams" => Taint::REQUEST,
            _ => Taint::NONE,
        },
        "UriInfo" | "HttpHeaders" => match member {
            "getQueryParameters" | "getPathParameters" | "getPath" | "getRequestHeader"
            | "getRequestHeaders" | "getHeaderString" | "getCookies" | "getRequestUri" => {
                Taint::REQUEST
            }
            _ => Taint::NONE,
        },
        "System" => match member {
            "getenv" if rest.ends_with(')') => Taint::ENV,
            "in" => Taint::INPUT,
            _ => Taint::NONE,
        },
        "Math" if rest == "random()" => Taint::RANDOM,
        "new" if matches!(rest, "Random" | "SplittableRandom") => Taint::RANDOM,
        "Random" | "SplittableRandom" | "ThreadLocalRandom" | "RandomStringUtils"
        | "RandomUtils"
            if rest.ends_with(')') =>
        {
            match member {
                "secure" | "secureStrong" => Taint::NONE,
                _ => Taint::RANDOM,
            }
        }
        _ => Taint::NONE,
    }
}

/// Parameters that a framework fills from a request, by the annotations that say so.
pub(in crate::parse::source) fn parameter(parameter: &Declaration<'_>) -> Taint {
    let is_bound = |name: &&str| {
        matches!(
            *name,
            "RequestParam"
                | "PathVariable"
                | "RequestBody"
                | "RequestHeader"
                | "CookieValue"
                | "ModelAttribute"
                | "RequestPart"
                | "MatrixVariable"
                | "QueryParam"
                | "PathParam"
                | "FormParam"
                | "HeaderParam"
                | "CookieParam"
                | "MatrixParam"
                | "BeanParam"
                | "FormDataParam"
                | "QueryValue"
                | "RestQuery"
                | "RestPath"
                | "RestForm"
        )
    };
    if parameter.own.iter().any(is_bound) {
        return Taint::REQUEST;
    }
    // Spring fills what has no annotation, too: texts and forms.
    let is_handler = parameter.method.iter().any(|name| {
        matches!(
            *name,
            "GetMapping"
                | "PostMapping"
                | "PutMapping"
                | "DeleteMapping"
                | "PatchMapping"
                | "RequestMapping"
        )
    });
    match is_handler && (parameter.of == "String" || parameter.of.ends_with("Form")) {
        true => Taint::REQUEST,
        false => Taint::NONE,
    }
}

/// The type of what a call gives back.
pub(super) fn returns(path: &str) -> Option<&'static str> {
    Some(match path {
        "Runtime.getRuntime()" => "Runtime",
        "DriverManager.getConnection()" | "DataSource.getConnection()" => "Connection",
        "Connection.createStatement()" => "Statement",
        "Connection.prepareStatement()" => "PreparedStatement",
        "Connection.prepareCall()" => "CallableStatement",
        "HttpServletRequest.getSession()" => "HttpSession",
        "HttpServletResponse.getWriter()" | "ServletResponse.getWriter()" => "PrintWriter",
        "PrintWriter.append()" | "PrintWriter.format()" | "PrintWriter.printf()" => "PrintWriter",
        "HttpServletResponse.getOutputStream()" => "ServletOutputStream",
        "SessionFactory.getCurrentSession()" | "SessionFactory.openSession()" => "Session",
        "XPathFactory.newXPath()" => "XPath",
        "DocumentBuilderFactory.newDocumentBuilder()" => "DocumentBuilder",
        "SAXParserFactory.newSAXParser()" => "SAXParser",
        "FileSystems.getDefault()" => "FileSystem",
        "ScriptEngineManager.getEngineByName()" => "ScriptEngine",
        "ESAPI.encoder()" => "Encoder",
        "ThreadLocalRandom.current()" => "ThreadLocalRandom",
        "HttpClient.newHttpClient()" => "HttpClient",
        "Jwts.parser()" | "Jwts.parserBuilder()" => "JwtParserBuilder",
        _ => return None,
    })
}

fn cleans(path: &str, method: &str) -> Option<Clean> {
    let everything = Clean::ALL;
    Some(match path {
        "Integer.parseInt"
        | "Integer.valueOf"
        | "Long.parseLong"
        | "Long.valueOf"
        | "Double.parseDouble"
        | "Double.valueOf"
        | "Float.parseFloat"
        | "Boolean.parseBoolean"
        | "Boolean.valueOf"
        | "Short.parseShort"
        | "UUID.fromString"
        | "UUID.randomUUID"
        | "LocalDate.parse"
        | "Instant.parse"
        | "System.currentTimeMillis"
        | "System.nanoTime"
        | "Instant.now"
        | "LocalDate.now"
        | "LocalDateTime.now"
        | "Math.max"
        | "Math.min"
        | "Math.abs"
        | "Character.isDigit"
        | "Locale.getDefault"
        | "Locale.getDefault().toString"
        | "Locale.getDefault().getLanguage"
        | "Locale.getDefault().getCountry"
        | "Locale.getDefault().toLanguageTag"
        | "new.BigDecimal"
        | "new.BigInteger" => everything,
        "URLEncoder.encode" => Clean::URL
            .with(Clean::HTML)
            .with(Clean::PATH)
            .with(Clean::LINE),
        "UriUtils.encode"
        | "UriUtils.encodePathSegment"
        | "UriUtils.encodeQueryParam"
        | "PercentEscaper.escape" => Clean::URL.with(Clean::HTML),
        "FilenameUtils.getName"
        | "FilenameUtils.getBaseName"
        | "FilenameUtils.getExtension"
        | "File.getName"
        | "new.File().getName" => Clean::PATH,
        "HtmlUtils.htmlEscape"
        | "HtmlUtils.htmlEscapeDecimal"
        | "HtmlUtils.htmlEscapeHex"
        | "StringEscapeUtils.escapeHtml"
        | "StringEscapeUtils.escapeHtml3"
        | "StringEscapeUtils.escapeHtml4"
        | "StringEscapeUtils.escapeXml"
        | "StringEscapeUtils.escapeXml10"
        | "StringEscapeUtils.escapeXml11"
        | "Encode.forHtml"
        | "Encode.forHtmlContent"
        | "Encode.forHtmlAttribute"
        | "Encode.forXml"
        | "Jsoup.clean"
        | "HtmlEscapers.htmlEscaper().escape"
        | "Escape.htmlElementContent"
        | "Encoder.encodeForHTML"
        | "Encoder.encodeForHTMLAttribute" => Clean::HTML,
        "Encode.forJavaScript"
        | "StringEscapeUtils.escapeEcmaScript"
        | "StringEscapeUtils.escapeJavaScript"
        | "Encoder.encodeForJavaScript"
        | "JavaScriptUtils.javaScriptEscape" => Clean::HTML,
        "Encode.forUriComponent" | "Encoder.encodeForURL" => {
            Clean::URL.with(Clean::HTML).with(Clean::PATH)
        }
        "Encoder.encodeForLDAP"
        | "LdapEncoder.filterEncode"
        | "Filter.encodeValue"
        | "LdapEncoder.nameEncode"
        | "Encoder.encodeForDN" => Clean::LDAP,
        "Encoder.encodeForXPath" => Clean::XPATH,
        "Encoder.encodeForSQL" | "StringEscapeUtils.escapeSql" => Clean::SQL,
        "Encoder.encodeForOS" => Clean::SHELL,
        _ => match method {
            "encodeForHTML"
            | "encodeForHTMLAttribute"
            | "escapeHtml"
            | "escapeHTML"
            | "escapeHtml4"
            | "htmlEscape"
            | "escapeXml"
            | "encodeHtml"
            | "stripXSS" => Clean::HTML,
            "encodeForLDAP" | "escapeLDAPSearchFilter" | "encodeForDN" => Clean::LDAP,
            "encodeForXPath" => Clean::XPATH,
            "encodeForSQL" | "escape" | "escapeSql" | "escapeSQL" | "quoteIdentifier"
            | "escapeIdentifier" | "enquoteIdentifier" | "enquoteLiteral" | "quoteName" => {
                Clean::SQL
            }
            "encodeForOS" => Clean::SHELL,
            "length" | "indexOf" | "lastIndexOf" | "equals" | "equalsIgnoreCase" | "contains"
            | "startsWith" | "endsWith" | "isEmpty" | "size" | "hashCode" | "matches"
            | "compareTo" | "intValue" | "longValue" | "doubleValue" | "ordinal" | "getTime"
            | "containsKey" | "isBlank" | "getMaxAge" | "getSecure" | "isHttpOnly" => everything,
            _ => return None,
        },
    })
}

fn passes_on(path: &str, method: &str) -> bool {
    matches!(
        path,
        "String.valueOf"
            | "String.copyValueOf"
            | "URLDecoder.decode"
            | "Paths.get"
            | "Path.of"
            | "URI.create"
            | "Objects.requireNonNull"
            | "Objects.toString"
            | "Optional.of"
            | "Optional.ofNullable"
            | "Arrays.asList"
            | "Arrays.stream"
            | "List.of"
            | "Set.of"
            | "Stream.of"
            | "Collections.singletonList"
            | "Integer.toString"
            | "Long.toString"
            | "Double.toString"
            | "Float.toString"
            | "Base64.encodeBase64"
            | "Base64.decodeBase64"
            | "Base64.encodeBase64String"
            | "StringUtils.trim"
            | "StringUtils.defaultString"
            | "StringUtils.trimToEmpty"
            | "StringUtils.join"
            | "StringUtils.substringAfter"
            | "StringUtils.substringBefore"
            | "StringUtils.cleanPath"
            | "StringUtils.lowerCase"
            | "StringUtils.upperCase"
            | "Strings.nullToEmpty"
            | "IOUtils.toString"
            | "StringEscapeUtils.unescapeHtml4"
            | "StringEscapeUtils.unescapeJava"
            | "HtmlUtils.htmlUnescape"
            | "Hex.encodeHexString"
            | "Hex.encodeHex"
            | "UriComponentsBuilder.fromUriString"
            | "UriComponentsBuilder.fromHttpUrl"
    ) || matches!(
        method,
        "decode"
            | "encodeToString"
            | "encodeForBase64"
            | "decodeBase64"
            | "encodeBase64"
            | "concat"
            | "resolve"
    ) || (method == "encode" && path.starts_with("Base64."))
}

fn is_own(path: &str) -> bool {
    matches!(
        path,
        "File.separator"
            | "File.separatorChar"
            | "File.pathSeparator"
            | "System.lineSeparator()"
            | "System.getProperty()"
            // `4711@machine`
            | "RuntimeMXBean.getName()"
            | "ManagementFactory.getRuntimeMXBean().getName()"
    )
}
