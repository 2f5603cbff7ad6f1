//! Routes of web frameworks, as decorators say them: what a parameter of a handler is filled with.

use std::collections::HashMap;

use super::Language;
use super::code::{Node, NodeId};
use super::eval::Pass;
use super::library::python;
use super::names::Symbol;
use super::value::{Shape, Value};

/// Longest list of bases, and longest class, that are read, in bytes.
const LONGEST_BASES: usize = 1000;
const LONGEST_CLASS: usize = 16 << 10;

/// The classes of a file by name: what each is derived from, and what follows.
pub(super) type Classes<'s> = HashMap<&'s [u8], (&'s [u8], &'s [u8])>;

impl<'s> Pass<'_, 's> {
    /// `@app.route("/users/<name>")`, `@router.get("/x/{id}")`: true where the route or the query
    /// fills the parameter with a text.
    pub(super) fn is_route(&self, decorator: NodeId, parameter: NodeId) -> bool {
        self.route(decorator).is_some_and(|route| {
            let name = self.code.slice(self.code.span(parameter));
            route.contains(['<', '{'])
                && !python::is_of_server(name, self.after(parameter))
                && !python::is_number_in(&route, name)
                && !self.is_one_of_few(parameter)
                || self.is_query_text(parameter)
        })
    }

    /// `@app.route("/users/<int:id>")`: true where the route makes a number of the parameter.
    pub(super) fn makes_a_number(&self, decorator: NodeId, parameter: NodeId) -> bool {
        self.route(decorator).is_some_and(|route| {
            let name = self.code.slice(self.code.span(parameter));
            let number: [&[u8]; 3] = [b"int", b"float", b"UUID"];
            python::is_number_in(&route, name)
                || self.is_fastapi() && self.is_declared(parameter, &number)
        })
    }

    /// The path of a route.
    fn route(&self, decorator: NodeId) -> Option<String> {
        let Node::Call { callee, args } = self.code.node(decorator) else {
            return None;
        };
        let name = match self.code.node(*callee) {
            Node::Member { name, .. } => name,
            Node::Name(name) if self.is_of_bottle(*callee) => name,
            _ => return None,
        };
        let routes = matches!(
            self.code.names.text(*name),
            "route" | "get" | "post" | "put" | "delete" | "patch" | "websocket"
        );
        let path = self.code.list(*args).first().filter(|_| routes)?;
        self.constant_text(self.value(*path)).map(Into::into)
    }

    /// `from bottle import route`: its decorators are used by their names alone.
    fn is_of_bottle(&self, callee: NodeId) -> bool {
        let Shape::Reference(path) = self.value(callee).shape else {
            return false;
        };
        self.code.names.render(path).starts_with("bottle.")
    }

    /// `$request->name`: Laravel has a field of what was sent for every name that it does not know.
    pub(super) fn is_field_of_form(&self, id: NodeId, object: &str, member: &str) -> bool {
        self.language == Language::Php
            && object == "$request"
            && !self.after(id).trim_ascii_start().starts_with(b"(")
            && !matches!(
                member,
                "attributes" | "server" | "session" | "user" | "method" | "ip"
            )
            && memchr::memmem::find(self.code.text, b"Illuminate\\Http\\Request").is_some()
    }

    /// FastAPI gives every parameter of a handler what the query says.
    fn is_query_text(&self, parameter: NodeId) -> bool {
        let texts: [&[u8]; 11] = [
            b"str",
            b"Optional[str",
            b"Annotated[str",
            b"UploadFile",
            b"Optional[UploadFile",
            b"Annotated[UploadFile",
            b"fastapi.UploadFile",
            b"dict",
            b"Dict",
            b"list[str",
            b"List[str",
        ];
        (self.is_declared(parameter, &texts) || self.model(parameter).is_some())
            && self.is_fastapi()
            && !python::is_of_helper(self.after(parameter))
    }

    /// `item: Item` where the file has `class Item(BaseModel)`, which is read from what was sent:
    /// what follows the bases of the class.
    fn model(&self, parameter: NodeId) -> Option<&[u8]> {
        let (bases, body) = self.class_of_file(self.declared_name(parameter)?)?;
        let is_model = memchr::memmem::find(bases, b"BaseModel").is_some();
        is_model.then_some(body)
    }

    /// The number of a model: `item.count` where `class Item(BaseModel)` has `count: int`.
    pub(super) fn is_plain_field(&self, of: Value, name: Symbol) -> bool {
        let is_parameter = matches!(self.code.node(of.entry), Node::Parameter(_));
        let Some(body) = self.model(of.entry).filter(|_| is_parameter) else {
            return false;
        };
        let end = memchr::memmem::find(body, b"\nclass ").unwrap_or(body.len());
        let field = ["\n    ", self.code.names.text(name), ":"].concat();
        let body = body.get(..end).unwrap_or(body);
        let at = memchr::memmem::find(body, field.as_bytes());
        at.and_then(|at| body.get(at + field.len()..))
            .is_some_and(is_plain_type)
    }

    /// `kind: Literal["a", "b"]`, `kind: Kind` where the file has `class Kind(str, Enum)`.
    fn is_one_of_few(&self, parameter: NodeId) -> bool {
        let after = self.after(parameter).trim_ascii_start();
        let Some(of) = after.strip_prefix(b":").map(<[u8]>::trim_ascii_start) else {
            return false;
        };
        if of.starts_with(b"Literal[") || of.starts_with(b"typing.Literal[") {
            return true;
        }
        self.declared_name(parameter)
            .and_then(|name| self.class_of_file(name))
            .is_some_and(|(bases, _)| memchr::memmem::find(bases, b"Enum").is_some())
    }

    /// The first name of what a parameter is declared to be.
    fn declared_name(&self, parameter: NodeId) -> Option<&[u8]> {
        let after = self.after(parameter).trim_ascii_start();
        let of = after.strip_prefix(b":")?.trim_ascii_start();
        let end = of.iter().position(|b| !is_of_name(*b))?;
        of.get(..end)
    }

    /// What a class of this file is derived from, and what follows.
    fn class_of_file(&self, name: &[u8]) -> Option<(&'s [u8], &'s [u8])> {
        let text = self.code.text;
        let classes = self.classes.get_or_init(|| classes(text));
        classes.get(name).copied()
    }

    fn is_fastapi(&self) -> bool {
        let text = self.code.text;
        *self
            .is_fastapi
            .get_or_init(|| memchr::memmem::find(text, b"fastapi").is_some())
    }

    fn is_declared(&self, parameter: NodeId, types: &[&[u8]]) -> bool {
        let after = self.after(parameter).trim_ascii_start();
        let of = after.strip_prefix(b":").map(<[u8]>::trim_ascii_start);
        of.is_some_and(|of| types.iter().any(|name| of.starts_with(name)))
    }

    /// `limit: int = 10`, `at: Optional[datetime]`: true where the parameter is declared to be
    /// something that no text fits into.
    pub(super) fn is_declared_plain(&self, parameter: NodeId) -> bool {
        let after = self.after(parameter).trim_ascii_start();
        after.strip_prefix(b":").is_some_and(is_plain_type)
    }

    fn after(&self, parameter: NodeId) -> &[u8] {
        let end = self.code.span(parameter).range().end;
        self.code.text.get(end..).unwrap_or(&[])
    }
}

/// Every class with bases and a name in capitals: the first of each name.
fn classes(text: &[u8]) -> Classes<'_> {
    const CLASS: &[u8] = b"class ";
    let mut classes = Classes::default();
    for at in memchr::memmem::find_iter(text, CLASS) {
        let rest = text.get(at + CLASS.len()..).unwrap_or(&[]);
        let end = rest.iter().position(|b| !is_of_name(*b));
        let (name, rest) = rest.split_at(end.unwrap_or(rest.len()));
        let is_name = name.first().is_some_and(u8::is_ascii_uppercase);
        let Some(rest) = rest.strip_prefix(b"(").filter(|_| is_name) else {
            continue;
        };
        let rest = rest.get(..LONGEST_CLASS).unwrap_or(rest);
        let bases = rest.get(..LONGEST_BASES).unwrap_or(rest);
        if let Some(end) = memchr::memchr(b')', bases) {
            classes.entry(name).or_insert(rest.split_at(end));
        }
    }
    classes
}

/// True for a byte that a name is made of.
fn is_of_name(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

/// True for a type that no text fits into.
fn is_plain_type(of: &[u8]) -> bool {
    let of = of.trim_ascii_start();
    let of = of.strip_prefix(b"Optional[").unwrap_or(of);
    let of = of.strip_prefix(b"t.Optional[").unwrap_or(of);
    let end = of.iter().position(|b| !is_of_name(*b));
    let (name, rest) = of.split_at(end.unwrap_or(of.len()));
    let plain: [&[u8]; 7] = [
        b"int",
        b"float",
        b"bool",
        b"UUID",
        b"date",
        b"datetime",
        b"Decimal",
    ];
    // `int | str` is a text, too.
    let rest = rest.trim_ascii_start();
    let or = rest.strip_prefix(b"|").map(<[u8]>::trim_ascii_start);
    plain.contains(&name)
        && !rest.starts_with(b".")
        && or.is_none_or(|other| other.starts_with(b"None"))
}
