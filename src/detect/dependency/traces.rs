//! How code names a package.

use crate::model::{Ecosystem, FileKind, Package, Source, Traces};

/// Packages of Python whose modules have other names.
const PYTHON: &[(&str, &[&str])] = &[
    ("attrs", &["attr", "attrs"]),
    ("beautifulsoup4", &["bs4"]),
    ("biopython", &["Bio"]),
    ("djangorestframework", &["rest_framework"]),
    ("django-cors-headers", &["corsheaders"]),
    ("django-debug-toolbar", &["debug_toolbar"]),
    ("django-filter", &["django_filters"]),
    ("docker-py", &["docker"]),
    ("faiss-cpu", &["faiss"]),
    ("gitpython", &["git"]),
    (
        "google-api-python-client",
        &["googleapiclient", "apiclient"],
    ),
    ("google-auth", &["google.auth", "google.oauth2"]),
    ("grpcio", &["grpc"]),
    ("grpcio-tools", &["grpc_tools"]),
    ("kafka-python", &["kafka"]),
    ("ldap3", &["ldap3"]),
    ("mysql-connector-python", &["mysql"]),
    ("mysqlclient", &["MySQLdb"]),
    ("msgpack-python", &["msgpack"]),
    ("opencv-python", &["cv2"]),
    ("opencv-python-headless", &["cv2"]),
    ("opencv-contrib-python", &["cv2"]),
    ("paho-mqtt", &["paho"]),
    ("pillow", &["PIL"]),
    ("protobuf", &["google.protobuf"]),
    ("psycopg2-binary", &["psycopg2"]),
    ("pycryptodome", &["Crypto"]),
    ("pycryptodomex", &["Cryptodome"]),
    ("pydantic-settings", &["pydantic_settings"]),
    ("pygithub", &["github"]),
    ("pyjwt", &["jwt"]),
    ("pymongo", &["pymongo", "bson", "gridfs"]),
    ("pymupdf", &["fitz", "pymupdf"]),
    ("pymysql", &["pymysql"]),
    ("pynacl", &["nacl"]),
    ("pyopenssl", &["OpenSSL"]),
    ("pypdf2", &["PyPDF2"]),
    ("pyserial", &["serial"]),
    ("pysocks", &["socks", "sockshandler"]),
    ("python-dateutil", &["dateutil"]),
    ("python-docx", &["docx"]),
    ("python-dotenv", &["dotenv"]),
    ("python-jose", &["jose"]),
    ("python-json-logger", &["pythonjsonlogger"]),
    ("python-ldap", &["ldap"]),
    ("python-magic", &["magic"]),
    ("python-multipart", &["multipart", "python_multipart"]),
    ("python-pptx", &["pptx"]),
    ("python-slugify", &["slugify"]),
    ("python-socketio", &["socketio"]),
    ("python-engineio", &["engineio"]),
    ("pytorch-lightning", &["pytorch_lightning"]),
    ("pywin32", &["win32api", "win32com", "pywintypes"]),
    ("pyyaml", &["yaml"]),
    ("pyzmq", &["zmq"]),
    ("qrcode", &["qrcode"]),
    ("ruamel-yaml", &["ruamel.yaml", "ruamel_yaml"]),
    ("scikit-image", &["skimage"]),
    ("scikit-learn", &["sklearn"]),
    ("sentry-sdk", &["sentry_sdk"]),
    ("setuptools", &["setuptools", "pkg_resources"]),
    ("umap-learn", &["umap"]),
    ("websocket-client", &["websocket"]),
];

/// First names that many packages of Python share: the second one tells them apart.
const SHARED: &[&str] = &[
    "google",
    "azure",
    "zope",
    "backports",
    "jaraco",
    "sphinxcontrib",
];

/// What to look for in code, of ecosystems whose code names its packages.
pub fn of(
    source: &Source,
    package: &Package,
    functions: &[String],
    is_locked: bool,
) -> Option<Box<Traces>> {
    let name = &package.name;
    let (modules, is_certain) = match package.ecosystem {
        Ecosystem::PyPI => python(name),
        Ecosystem::CratesIo => (vec![name.replace('-', "_")], true),
        Ecosystem::Npm => {
            let alias = package.facts.alias.as_ref();
            (vec![alias.unwrap_or(name).clone()], true)
        }
        Ecosystem::Go => (vec![name.clone()], true),
        _ => return None,
    };
    Some(Box::new(Traces {
        ecosystem: package.ecosystem,
        modules,
        is_certain,
        functions: functions.to_vec(),
        is_direct: is_locked && package.direct == Some(true),
        below: match is_locked {
            true => project(source),
            false => Vec::new(),
        },
    }))
}

/// The folder whose code a lockfile is for, with a `/` at its end.
fn project(source: &Source) -> Vec<u8> {
    let path = source.path.as_bytes();
    let folder = |path: &[u8]| {
        memchr::memrchr(b'/', path)
            .map(|at| at + 1)
            .unwrap_or_default()
    };
    let own = path.get(..folder(path)).unwrap_or_default();
    let bare = own.strip_suffix(b"/").unwrap_or(own);
    let above = folder(bare);
    let name = bare.get(above..).unwrap_or_default();
    let is_inner = match source.kind {
        FileKind::Requirements => name.starts_with(b"requirement"),
        FileKind::GoVendor => true,
        _ => false,
    };
    let project = if is_inner {
        bare.get(..above).unwrap_or_default()
    } else {
        own
    };
    project.to_vec()
}

fn python(name: &str) -> (Vec<String>, bool) {
    if let Some((_, modules)) = PYTHON.iter().find(|(known, _)| *known == name) {
        return (modules.iter().map(|m| (*m).to_owned()).collect(), true);
    }
    let shared = name
        .split('-')
        .next()
        .filter(|first| SHARED.contains(first));
    let module = match shared {
        Some(_) => name.replace('-', "."),
        None => name.replace('-', "_"),
    };
    (vec![module], false)
}

#[cfg(test)]
mod tests {
    use super::{PYTHON, python};
    use crate::model::Ecosystem;

    #[test]
    fn packages_of_python_are_known_by_their_modules() {
        assert_eq!(python("pyyaml").0, ["yaml"]);
        assert_eq!(python("google-cloud-storage").0, ["google.cloud.storage"]);
        assert_eq!(python("typing-extensions").0, ["typing_extensions"]);
    }

    #[test]
    fn the_table_has_names_as_they_are_compared() {
        for (name, _) in PYTHON {
            assert_eq!(Ecosystem::PyPI.normalise(name), *name);
        }
    }
}
