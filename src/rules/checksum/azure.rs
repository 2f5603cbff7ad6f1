/// Where Azure writes which signature into a key of which length.
const SIGNATURES: &[(usize, usize, &[&[u8]])] = &[
    (44, 33, &[b"+ASb", b"+AEh", b"+ARm", b"AIoT"]),
    (52, 42, &[b"AzSe", b"+ACR"]),
    (56, 44, &[b"AzFu"]),
    (84, 52, &[b"JQQJ99", b"JQQJ9D", b"JQQJ9H"]),
    (84, 76, &[b"AZDO"]),
    (88, 52, &[b"JQQJ99", b"JQQJ9D", b"JQQJ9H"]),
    (88, 76, &[b"+ASt", b"ACDb", b"APIM", b"+ABa"]),
];

/// True where the key's mark stands at its place. Keys of before have none.
pub fn is_signed(key: &[u8]) -> bool {
    SIGNATURES
        .iter()
        .filter(|(length, _, _)| *length == key.len())
        .any(|(_, at, marks)| {
            let rest = key.get(*at..).unwrap_or_default();
            marks.iter().any(|mark| rest.starts_with(mark))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_counts_only_at_its_place() {
        let key = format!("{}+ASt{}==", "a".repeat(76), "b".repeat(6));
        assert!(is_signed(key.as_bytes()));
        assert!(!is_signed(key.replace("a+ASt", "+AStb").as_bytes()));
        assert!(!is_signed(b"+ASt"));
    }
}
