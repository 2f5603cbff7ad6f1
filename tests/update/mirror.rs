//! What a mirror of OSV's files has, put on a server or into a folder.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use crate::server::Server;

/// The records of one ecosystem by id: package, fixed version, day of September 2030.
#[derive(Clone, Debug, Default)]
pub struct Mirror {
    pub ecosystem: &'static str,
    pub records: BTreeMap<String, (String, String, u32)>,
}

impl Mirror {
    pub fn new(ecosystem: &'static str, records: usize) -> Self {
        let mut mirror = Self {
            ecosystem,
            ..Self::default()
        };
        for number in 0..records {
            mirror.set(
                &format!("X-{ecosystem}-{number:04}"),
                &format!("package-{number}"),
                "2.0",
                3,
            );
        }
        mirror
    }

    pub fn set(&mut self, id: &str, package: &str, fixed: &str, day: u32) {
        let record = (package.to_owned(), fixed.to_owned(), day);
        self.records.insert(id.replace(' ', "-"), record);
    }

    pub fn path(&self, file: &str) -> String {
        format!("/osv/{}/{file}", self.ecosystem)
    }

    pub fn json(&self, id: &str) -> String {
        let (package, fixed, day) = &self.records[id];
        let ecosystem = self.ecosystem;
        let noise: String = (0..200)
            .map(|at| format!("{:x}", (at * 7919 + id.len() * 104_729 + at * at) % 16))
            .collect();
        format!(
            r#"{{
  "id": "{id}",
  "modified": "2030-09-{day:02}T01:02:03.456Z",
  "summary": "about {id}",
  "details": "{noise}",
  "affected": [{{"package": {{"ecosystem": "{ecosystem}", "name": "{package}"}},
    "ranges": [{{"type": "SEMVER", "events": [{{"introduced": "0"}}, {{"fixed": "{fixed}"}}]}}]}}]
}}"#
        )
    }

    pub fn zip(&self) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for id in self.records.keys() {
            let options = zip::write::SimpleFileOptions::default();
            archive
                .start_file(format!("{id}.json"), options)
                .expect("started");
            archive
                .write_all(self.json(id).as_bytes())
                .expect("written");
        }
        archive.finish().expect("finished").into_inner()
    }

    pub fn list(&self) -> String {
        let mut rows: Vec<_> = self
            .records
            .iter()
            .map(|(id, (.., day))| format!("2030-09-{day:02}T01:02:03Z,{id}\n"))
            .collect();
        rows.sort();
        rows.reverse();
        rows.concat()
    }

    /// Everything but the archive.
    pub fn publish_changes(&self, server: &Server) {
        server.put(&self.path("modified_id.csv"), self.list());
        for id in self.records.keys() {
            server.put(&self.path(&format!("{id}.json")), self.json(id));
        }
    }

    pub fn publish(&self, server: &Server) {
        self.publish_changes(server);
        server.put(&self.path("all.zip"), self.zip());
    }

    pub fn write(&self, folder: &Path) {
        let folder = folder.join(self.ecosystem);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("all.zip"), self.zip()).expect("written");
    }
}
