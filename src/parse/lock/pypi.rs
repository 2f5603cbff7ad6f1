//! What all of Python's lockfiles have in common: the public index and the hashes of files.

use crate::parse::toml::Value;

/// Hosts of the public index and of its complete mirrors, with the folder of those that mirror
/// more than one thing.
const PUBLIC: [&str; 11] = [
    "pypi.org/",
    "pypi.python.org/",
    "files.pythonhosted.org/",
    "pypi.tuna.tsinghua.edu.cn/",
    "mirrors.tuna.tsinghua.edu.cn/pypi/",
    "mirrors.aliyun.com/pypi/",
    "mirrors.cloud.tencent.com/pypi/",
    "mirrors.ustc.edu.cn/pypi/",
    "pypi.mirrors.ustc.edu.cn/",
    "repo.huaweicloud.com/repository/pypi/",
    "pypi.doubanio.com/",
];

/// True where an index, or a file, is the public one under the public names.
pub fn is_public(url: &str) -> bool {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let Some(rest) = rest else { return false };
    let whole = format!("{}/", rest.trim_end_matches('/').to_ascii_lowercase());
    PUBLIC.iter().any(|public| whole.starts_with(public))
}

/// What the files of one package say together.
#[derive(Debug, Default)]
pub struct Files {
    hashes: Vec<String>,
    /// The day of the first upload.
    pub released: Option<String>,
}

impl Files {
    /// Reads a file's table: `hash`, or `hashes` by their kind, and the time of the upload.
    pub fn add(&mut self, file: &Value<'_>) {
        if let Some(hash) = file.get("hash").and_then(Value::as_str) {
            self.hashes.push(hash.to_owned());
        }
        for hash in file.get("hashes").map_or(&[][..], Value::entries) {
            if let ([kind], Some(value)) = (&hash.key[..], hash.value.as_str()) {
                self.add_hash(kind, value);
            }
        }
        match file.get("upload-time") {
            Some(Value::Text(time)) => self.add_time(time),
            Some(Value::Other(time)) => self.add_time(time),
            _ => {}
        }
    }

    pub fn add_hash(&mut self, kind: &str, value: &str) {
        self.hashes.push(format!("{kind}:{value}"));
    }

    pub fn add_time(&mut self, time: &str) {
        let day = time.get(..10).filter(|day| is_day(day));
        let Some(day) = day else { return };
        if self.released.as_deref().is_none_or(|first| day < first) {
            self.released = Some(day.to_owned());
        }
    }

    /// The hashes, sorted.
    pub fn integrity(&mut self) -> Vec<String> {
        let mut hashes = std::mem::take(&mut self.hashes);
        hashes.sort();
        hashes.dedup();
        hashes
    }
}

/// `YYYY-MM-DD`.
fn is_day(text: &str) -> bool {
    let digit = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    text.len() == 10 && text.bytes().enumerate().all(digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_is_public_and_what_is_only_called_like_one_is_not() {
        for url in [
            "https://pypi.org/simple",
            "https://PyPI.org/simple/",
            "https://mirrors.aliyun.com/pypi/simple/",
        ] {
            assert!(is_public(url), "{url}");
        }
        for url in [
            "https://pypi.org.example.org/simple",
            "https://mirrors.aliyun.com/private/simple",
            "../dist",
            "https://pypi.example.org/simple",
        ] {
            assert!(!is_public(url), "{url}");
        }
    }
}
