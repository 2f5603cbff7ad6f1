use crate::parse::kinds::{fields, kinds};

kinds! {
    Command = "command",
    Declaration = "declaration_command" | "unset_command",
    Assignment = "variable_assignment",
    Redirected = "redirected_statement",
    Redirect = "file_redirect" | "herestring_redirect",
    Heredoc = "heredoc_redirect",
    Pipeline = "pipeline",
    Test = "test_command",
    For = "for_statement",
    Function = "function_definition",
    List = "list",
    Or = "||",
    Substitution = "command_substitution",
    Process = "process_substitution",
    Subshell = "subshell",
    Comment = "comment",
    Text = "string",
    Translated = "translated_string",
    CommandName = "command_name",
    Concatenation = "concatenation",
    Quote = "\"",
    Dollar = "$",
    Raw = "raw_string",
    Ansi = "ansi_c_string",
    Expansion = "simple_expansion" | "expansion",
    Array = "array",
    Opaque = "arithmetic_expansion" | "brace_expression",
}

fields!(condition, right, name, argument);

/// The kinds and fields of a shell's grammar.
#[derive(Debug)]
pub(super) struct Grammar {
    kinds: Kinds,
    pub fields: Fields,
}

impl Grammar {
    pub fn get() -> Self {
        let language = tree_sitter_bash::LANGUAGE.into();
        Self {
            kinds: kind_table(&language),
            fields: Fields::of(&language),
        }
    }

    pub fn kind(&self, node: tree_sitter::Node<'_>) -> Kind {
        let kind = self.kinds.get(usize::from(node.kind_id()));
        kind.copied().unwrap_or_default()
    }
}
