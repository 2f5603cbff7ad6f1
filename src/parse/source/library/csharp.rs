//! C#: ASP.NET Core, ASP.NET MVC, Web Forms. Types have their simple names.

use crate::parse::source::managed::Declaration;

use super::{Clean, Library, Taint, fills_nothing, keeps_nothing, no_template};

pub(in crate::parse::source) static LIBRARY: Library = Library {
    entry,
    request_member,
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
        "Request",
        "HttpRequest",
        "HttpContext",
        "Controller",
        "ControllerBase",
        "ApiController",
        "PageModel",
        "FromQuery",
        "FromBody",
        "FromRoute",
        "FromForm",
        "FromHeader",
        "HttpGet",
        "HttpPost",
        "HttpPut",
        "HttpDelete",
        "MapGet",
        "MapPost",
        "Route",
        "IFormFile",
        "WebMethod",
        "QueryString",
    ],
};

/// Namespaces whose types rules know by their simple names.
pub(in crate::parse::source) fn is_namespace(text: &str) -> bool {
    matches!(
        text,
        "System"
            | "System.IO"
            | "System.IO.Compression"
            | "System.Diagnostics"
            | "System.Data"
            | "System.Data.Common"
            | "System.Data.SqlClient"
            | "System.Data.OleDb"
            | "System.Data.Odbc"
            | "System.Data.SQLite"
            | "Microsoft.Data.SqlClient"
            | "Microsoft.Data.Sqlite"
            | "MySql.Data.MySqlClient"
            | "System.DirectoryServices"
            | "System.DirectoryServices.Protocols"
            | "System.Net"
            | "System.Net.Http"
            | "System.Net.Security"
            | "System.Net.Mail"
            | "System.Reflection"
            | "System.Runtime.Serialization"
            | "System.Runtime.Serialization.Formatters.Binary"
            | "System.Security"
            | "System.Security.Authentication"
            | "System.Security.Cryptography"
            | "System.Security.Cryptography.X509Certificates"
            | "System.Text"
            | "System.Text.Json"
            | "System.Text.RegularExpressions"
            | "System.Text.Encodings.Web"
            | "System.Web"
            | "System.Web.Mvc"
            | "System.Web.Script.Serialization"
            | "System.Web.Security"
            | "System.Web.UI"
            | "System.Xml"
            | "System.Xml.XPath"
            | "System.Xml.Xsl"
            | "System.Xml.Linq"
            | "System.Linq"
            | "System.Linq.Dynamic"
            | "System.Collections.Generic"
            | "Newtonsoft.Json"
            | "Microsoft.AspNetCore.Http"
            | "Microsoft.AspNetCore.Mvc"
            | "Microsoft.EntityFrameworkCore"
    )
}

fn entry(path: &str) -> Taint {
    let Some((of, rest)) = path.split_once('.') else {
        return Taint::NONE;
    };
    let member = rest.split(['.', '(']).next().unwrap_or(rest);
    match of {
        "HttpRequest" | "HttpRequestBase" | "HttpRequestMessage" => request_part(member),
        "HttpContext" | "HttpContextBase" | "ControllerContext" => {
            let rest = rest.strip_prefix("HttpContext.").unwrap_or(rest);
            let rest = rest.strip_prefix("Current.").unwrap_or(rest);
            match rest.strip_prefix("Request.") {
                Some(rest) => request_part(rest.split(['.', '(']).next().unwrap_or(rest)),
                None => Taint::NONE,
            }
        }
        "IFormFile" | "HttpPostedFile" | "HttpPostedFileBase" => match member {
            "FileName" | "ContentType" | "Name" | "OpenReadStream" => Taint::REQUEST,
            _ => Taint::NONE,
        },
        "Console" if matches!(rest, "ReadLine()" | "Read()") => Taint::INPUT,
        "Environment" => match rest {
            "GetEnvironmentVariable()" => Taint::ENV,
            "GetCommandLineArgs()" => Taint::ARGV,
            _ => Taint::NONE,
        },
        "new" if rest == "Random" => Taint::RANDOM,
        "Random" if rest.ends_with(')') => Taint::RANDOM,
        _ => Taint::NONE,
    }
}

fn request_part(member: &str) -> Taint {
    match member {
        "Query" | "Form" | "Headers" | "Cookies" | "QueryString" | "Params" | "Body" | "Path"
        | "RouteValues" | "RawUrl" | "Url" | "UserAgent" | "ServerVariables" | "Files"
        | "InputStream" | "ReadFormAsync" | "ReadFromJsonAsync" | "UrlReferrer" | "Item"
        | "Host" | "PathInfo" | "UserHostName" => Taint::REQUEST,
        _ => Taint::NONE,
    }
}

/// `Request.Query` of a controller or page, and `Request["x"]`, which reads all of them.
fn request_member(object: &str, member: &str) -> bool {
    let is_request = matches!(
        object,
        "Request"
            | "HttpContext.Request"
            | "Context.Request"
            | "context.Request"
            | "ctx.Request"
            | "httpContext.Request"
            | "this.Request"
            | "Page.Request"
            | "request"
            | "req"
    );
    // Properties begin with a capital: what does not is a key of `Request["name"]`.
    let is_key = object.ends_with("Request") && member.starts_with(|c: char| c.is_lowercase());
    is_request && (is_key || request_part(member) != Taint::NONE)
}

/// Parameters that ASP.NET fills from a request.
pub(in crate::parse::source) fn parameter(parameter: &Declaration<'_>) -> Taint {
    let is_bound = |name: &&str| {
        matches!(
            *name,
            "FromQuery" | "FromBody" | "FromRoute" | "FromForm" | "FromHeader" | "FromUri"
        )
    };
    if parameter.own.iter().any(is_bound) {
        return Taint::REQUEST;
    }
    let is_service = parameter
        .own
        .iter()
        .any(|name| matches!(*name, "FromServices" | "FromKeyedServices" | "Inject"));
    let is_action = parameter.method.iter().any(|name| {
        matches!(
            *name,
            "HttpGet"
                | "HttpPost"
                | "HttpPut"
                | "HttpDelete"
                | "HttpPatch"
                | "Route"
                | "WebMethod"
                | "AcceptVerbs"
        )
    });
    let of_controller = parameter.class.iter().any(|name| {
        name.ends_with("Controller") || matches!(*name, "ControllerBase" | "PageModel")
    });
    let is_data = parameter.of.is_empty()
        || matches!(
            parameter.of,
            "string" | "String" | "IFormFile" | "IFormCollection"
        )
        || ["Model", "Request", "Dto", "DTO", "Input", "Command", "Form"]
            .iter()
            .any(|end| parameter.of.ends_with(end));
    // Who is no action gets what other methods give.
    let is_public = parameter.method.contains(&"public");
    match (is_action || (of_controller && is_public)) && is_data && !is_service {
        true => Taint::REQUEST,
        false => Taint::NONE,
    }
}

/// The type of what a call gives back.
pub(super) fn returns(path: &str) -> Option<&'static str> {
    Some(match path {
        "SqlConnection.CreateCommand()" => "SqlCommand",
        "IDbConnection.CreateCommand()" | "DbConnection.CreateCommand()" => "DbCommand",
        "MySqlConnection.CreateCommand()" => "MySqlCommand",
        "NpgsqlConnection.CreateCommand()" => "NpgsqlCommand",
        "SqliteConnection.CreateCommand()" => "SqliteCommand",
        "Aes.Create()" => "Aes",
        "DES.Create()" => "DES",
        "TripleDES.Create()" => "TripleDES",
        "RSA.Create()" => "RSA",
        "XmlDocument.CreateNavigator()" | "XPathDocument.CreateNavigator()" => "XPathNavigator",
        _ => return None,
    })
}

fn cleans(path: &str, method: &str) -> Option<Clean> {
    Some(match path {
        "int.Parse"
        | "long.Parse"
        | "Int32.Parse"
        | "Int64.Parse"
        | "Guid.Parse"
        | "decimal.Parse"
        | "double.Parse"
        | "bool.Parse"
        | "DateTime.Parse"
        | "Convert.ToInt32"
        | "Convert.ToInt64"
        | "Convert.ToInt16"
        | "Convert.ToDecimal"
        | "Convert.ToDouble"
        | "Convert.ToBoolean"
        | "Convert.ToDateTime"
        | "Guid.NewGuid"
        | "Math.Max"
        | "Math.Min"
        | "Math.Abs"
        | "Path.GetRandomFileName"
        | "Path.GetTempPath"
        | "Path.GetTempFileName"
        | "Enum.Parse" => Clean::ALL,
        "Path.GetFileName" | "Path.GetFileNameWithoutExtension" | "Path.GetExtension" => {
            Clean::PATH
        }
        "HttpUtility.HtmlEncode"
        | "WebUtility.HtmlEncode"
        | "Server.HtmlEncode"
        | "HtmlEncoder.Default.Encode"
        | "HtmlEncoder.Encode"
        | "AntiXssEncoder.HtmlEncode"
        | "Encoder.HtmlEncode"
        | "SecurityElement.Escape"
        | "HttpUtility.HtmlAttributeEncode"
        | "HttpUtility.JavaScriptStringEncode"
        | "Html.Encode" => Clean::HTML,
        "HttpUtility.UrlEncode"
        | "WebUtility.UrlEncode"
        | "Uri.EscapeDataString"
        | "Server.UrlEncode"
        | "UrlEncoder.Default.Encode"
        | "UrlEncoder.Encode" => Clean::URL.with(Clean::HTML).with(Clean::PATH),
        "Encoder.LdapFilterEncode"
        | "Encoder.LdapEncode"
        | "Encoder.LdapDistinguishedNameEncode" => Clean::LDAP,
        _ => match method {
            "HtmlEncode" | "Sanitize" | "SanitizeHtml" => Clean::HTML,
            "LdapFilterEncode" | "EscapeLdapFilter" | "EscapeLdapSearchFilter" => Clean::LDAP,
            "QuoteIdentifier" | "DelimitIdentifier" => Clean::SQL,
            "Equals" | "Contains" | "StartsWith" | "EndsWith" | "IndexOf" | "LastIndexOf"
            | "GetHashCode" | "CompareTo" | "Count" | "IsNullOrEmpty" | "IsNullOrWhiteSpace"
            | "ContainsKey" | "Any" | "All" => Clean::ALL,
            _ => return None,
        },
    })
}

fn passes_on(path: &str, method: &str) -> bool {
    matches!(
        path,
        "Path.Combine"
            | "Path.Join"
            | "Path.GetFullPath"
            | "Convert.ToString"
            | "Convert.FromBase64String"
            | "Convert.ToBase64String"
            | "Encoding.UTF8.GetString"
            | "Encoding.UTF8.GetBytes"
            | "Encoding.ASCII.GetString"
            | "Encoding.ASCII.GetBytes"
            | "HttpUtility.UrlDecode"
            | "WebUtility.UrlDecode"
            | "HttpUtility.HtmlDecode"
            | "WebUtility.HtmlDecode"
            | "Uri.UnescapeDataString"
            | "JsonConvert.SerializeObject"
            | "JsonSerializer.Serialize"
            | "string.Copy"
            | "Task.FromResult"
            | "Regex.Replace"
    ) || matches!(method, "Concat")
}

fn is_own(path: &str) -> bool {
    matches!(
        path,
        "string.Empty"
            | "String.Empty"
            | "Environment.NewLine"
            | "Environment.MachineName"
            | "Environment.CurrentDirectory"
            | "AppContext.BaseDirectory"
            | "AppDomain.CurrentDomain.BaseDirectory"
            | "Path.DirectorySeparatorChar"
            | "Path.PathSeparator"
    )
}

/// `TableName`, a property of a class that keeps its objects in a table.
pub(in crate::parse::source) fn is_name_of_schema(name: &str) -> bool {
    ["TableName", "ColumnName", "SchemaName"]
        .iter()
        .any(|end| name.ends_with(end))
        && name.starts_with(|c: char| c.is_ascii_uppercase())
}
