//! What a call gives back.

use std::borrow::Cow;

use super::Language;
use super::code::{Binding, List, Literal, Node, NodeId};
use super::eval::Pass;
use super::library;
use super::names::{CALL, Path};
use super::value::{Clean, Shape, Taint, Value};

impl<'s> Pass<'_, 's> {
    pub(super) fn call(&mut self, id: NodeId, callee: NodeId, args: List) -> Value {
        let (mut arguments, mut given) = std::mem::take(&mut self.room);
        arguments.extend_from_slice(self.code.list(args));
        given.extend(arguments.iter().map(|id| self.value(*id)));
        let value = self.called(id, callee, &arguments, &given);
        arguments.clear();
        given.clear();
        self.room = (arguments, given);
        value
    }

    fn called(
        &mut self,
        id: NodeId,
        callee: NodeId,
        arguments: &[NodeId],
        given: &[Value],
    ) -> Value {
        let of = self.value(callee);
        let scope = self.code.scope_of(id);
        let access = self
            .access(callee)
            .and_then(|path| self.code.names.child(path, CALL));
        self.set_access(id, access);
        let path = match of.shape {
            Shape::Reference(path) => Some(path),
            _ => None,
        };
        let (receiver, method) = match self.code.node(callee) {
            Node::Member { object, name } => (Some(*object), self.code.names.text(*name)),
            Node::Name(name) => (None, self.code.names.text(*name)),
            // `(0, module.escape)(text)`, as compilers write it.
            _ => {
                let last = path.and_then(|path| self.code.names.last(path));
                (None, last.map_or("", |name| self.code.names.text(name)))
            }
        };
        let name = path
            .map(|path| self.code.names.render(path))
            .unwrap_or_default();
        let name: &str = &name;
        let written = || receiver.map_or("", |of| self.code.slice(self.code.span(of)));
        if library::ends(name, written, method) {
            self.stop();
        }
        // Who comes back from `validate_path(name)`, somebody else's function, may go on.
        if let Some(clean) = library::demands(method)
            && self.local_function(callee, arguments, scope).is_none()
        {
            for argument in arguments {
                if let Some(path) = self.access(*argument) {
                    self.clean_here(path, clean, scope);
                }
            }
        }
        if let Some(owner) = receiver.filter(|_| of.entry == callee)
            && library::asks_another(
                self.language,
                self.code.slice(self.code.span(owner)),
                method,
            )
        {
            return Value::UNKNOWN;
        }
        let is_plain = |id: &NodeId| !matches!(self.code.node(*id), Node::Entry { .. });
        if arguments.iter().all(is_plain)
            && let Some(value) = self.made(name, given)
        {
            return value;
        }
        if let Some(receiver) = receiver
            && let Some(value) = self.method(receiver, method, given, arguments, scope)
        {
            return value;
        }
        let library = self.language.library();
        if let Some(receiver) = receiver
            && (library.keeps)(method)
        {
            let access = self.access(receiver);
            self.set_access(id, access);
            return self.value(receiver);
        }
        if let [only] = given
            && (library.wraps)(name)
        {
            // A text now, whatever it was before.
            let via = match self.language {
                Language::JavaScript => NodeId::NONE,
                _ => only.via,
            };
            return Value { via, ..*only };
        }
        // What an address is resolved against gives it a host, and nothing of its own query.
        if self.language == Language::JavaScript
            && name == "URL"
            && let [first, base] = given
            && base.taint == Taint::INPUT
        {
            return Value::made_of([*first]);
        }
        if library::translates(name)
            && let Some(text) = given.iter().find(|value| self.is_text(**value))
        {
            return *text;
        }
        if library::replaces(name, method)
            && let Some(clean) = self.leaves_only_the_harmless(arguments)
        {
            let made = Value::made_of(given.iter().copied());
            return match clean {
                Clean::ALL => made.harmless_unknown(),
                _ => made.escaped(clean),
            };
        }
        if library::replaces_text(name) && self.leaves_no_way_up(arguments) {
            return Value::made_of(given.iter().copied()).escaped(Clean::PATH);
        }
        let written_out = if self.takes_slashes_away(name, method, arguments) {
            Some(Clean::PATH)
        } else if self.writes_angles_out(name, receiver.map(|_| method), arguments) {
            Some(Clean::HTML)
        } else {
            None
        };
        if let Some(clean) = written_out {
            let of = receiver.map(|id| self.value(id));
            return Value::made_of(of.into_iter().chain(given.iter().copied())).escaped(clean);
        }
        if let Some(receiver) = receiver {
            if self.makes_numbers(id, method, arguments) {
                return self.value(receiver).harmless_unknown();
            }
            // `steps.map(encodeURIComponent)`
            if self.language == Language::JavaScript
                && method == "map"
                && let [each] = given
                && let Shape::Reference(each) = each.shape
                && let each = self.code.names.render(each)
                && let Some(clean) =
                    (library.cleans)(&each, each.rsplit('.').next().unwrap_or(&each))
            {
                let own = self.value(receiver);
                return match clean {
                    Clean::ALL => own.harmless_unknown(),
                    _ => own.escaped(clean),
                };
            }
            if self.language == Language::Ruby
                && let Some(clean) = self.takes_letters_away(method, given)
            {
                let own = self.value(receiver);
                return match clean {
                    Clean::ALL => own.harmless_unknown(),
                    _ => own.escaped(clean),
                };
            }
        }
        if let Some(receiver) = receiver
            && self.takes_quotes_away(method, given)
        {
            return self.value(receiver).escaped(Clean::XPATH);
        }
        if self.language == Language::JavaScript
            && matches!(method, "replace" | "replaceAll")
            && let (Some(receiver), [pattern, with]) = (receiver, arguments)
        {
            // The pattern may have a name.
            let pattern = self.value(*pattern).via.some().unwrap_or(*pattern);
            let written = self.code.slice(self.code.span(pattern));
            let constant = self.constant_text(self.value(*with));
            let own = self.value(receiver);
            match library::javascript::replaced_for(written, constant.as_deref()) {
                Clean::NONE => {}
                Clean::ALL => return own.harmless_unknown(),
                clean => return own.escaped(clean),
            }
        }
        if self.language == Language::Rust
            && let Some(made) = path.and_then(|path| self.made_of_type(path, given))
        {
            return made;
        }
        // What is called an escape is one, whoever wrote it.
        let escapes = match self.language {
            Language::Php => method.to_ascii_lowercase().contains("escape"),
            Language::Python => library::python::quotes(method),
            Language::JavaScript => {
                library::escapes_html(method)
                    || library::makes_sql(method)
                    || library::quotes_name(method)
                    || library::javascript::quotes_for_shell(method)
            }
            _ => false,
        };
        if !escapes
            && let Some(function) = self.local_function(callee, arguments, scope)
            && let Some(value) = self.call_local(function, id, callee, arguments)
        {
            return value;
        }
        if let Some(receiver) = receiver {
            let own = self.value(receiver);
            if self.is_text(own) {
                match method {
                    "format" => return self.fill(own, given.to_vec(), '{'),
                    "formatted" if self.language == Language::Java => {
                        return self.fill(own, given.to_vec(), '%');
                    }
                    "concat" => {
                        let parts = std::iter::once(own)
                            .chain(given.iter().copied())
                            .collect::<Vec<_>>();
                        return self.compose(&parts);
                    }
                    "join" => return self.joined(own, given),
                    "replace" | "replaceAll" => {
                        return Value {
                            shape: own.shape,
                            ..Value::made_of(std::iter::once(own).chain(given.iter().copied()))
                        };
                    }
                    method if library::keeps_text(method) => return own,
                    _ if own.is_constant() => return Value::made_of(given.iter().copied()),
                    _ => {}
                }
            }
            // An address of the program's own stays one when a part of it is replaced.
            if self.language == Language::Python
                && matches!(
                    method,
                    "replace" | "removeprefix" | "removesuffix" | "rstrip"
                )
                && own.clean.covers(Clean::URL)
                && given.iter().all(|part| part.is_constant())
            {
                return Value {
                    shape: Shape::Unknown,
                    ..own
                };
            }
            if method == "join" && matches!(own.shape, Shape::Collection(_)) {
                // JavaScript: `[a, b].join(" ")`.
                let separator = given.first().copied().unwrap_or(Value::UNKNOWN);
                return self.joined(separator, &[own]);
            }
        }
        // `settype($id, 'integer')` makes a number of the variable itself.
        if self.language == Language::Php
            && name == "settype"
            && let ([first, ..], [value, of_type, ..]) = (arguments, given)
            && self
                .constant_text(*of_type)
                .is_some_and(|of_type| library::php::is_number_type(&of_type))
            && let Some(path) = self.access(*first)
        {
            let number = Value {
                shape: Shape::Unknown,
                ..value.number()
            };
            self.bind(path, number, scope, Binding::default());
            return Value::UNKNOWN;
        }
        if let (Node::Instance(_), true) = (self.code.node(callee), given.is_empty())
            && self.is_text(of)
        {
            return of;
        }
        if let (Node::Instance(_), Some(path)) = (self.code.node(callee), path) {
            return Value {
                shape: Shape::Reference(path),
                clean: Clean::NONE,
                ..Value::made_of(given.iter().copied())
            };
        }
        if self.language.has_fields_in_scope()
            && let Some(value) = self.managed_call(name, callee, arguments)
        {
            return value;
        }
        if let Some(at) = (library.template)(name)
            && let Some(template) = given.get(at)
        {
            let args = given.get(at + 1..).unwrap_or(&[]).to_vec();
            return match self.is_text(*template) {
                true => self.fill(*template, args, '%'),
                false => Value::made_of(given.iter().copied()),
            };
        }
        if matches!(name, "fmt.Fprintf" | "fmt.Fprint" | "io.WriteString")
            && let [writer, first, rest @ ..] = given
            && self.is_text(*writer)
            && let Some(to) = arguments.first()
        {
            let text = match name {
                "fmt.Fprintf" => self.fill(*first, rest.to_vec(), '%'),
                _ => *first,
            };
            self.method(*to, "WriteString", &[text], arguments, scope);
            return Value::UNKNOWN;
        }
        if name == "strings.Join"
            && let [list, separator] = given
        {
            return self.joined(*separator, &[*list]);
        }
        if name == "fmt.Sprint" {
            return self.compose(given);
        }
        if matches!(name, "implode" | "join")
            && let [separator, list] = given
        {
            return self.joined(*separator, &[*list]);
        }
        if (library.loads)(name)
            && let Some(path) = arguments.first().and_then(|id| self.module(*id))
        {
            return Value::of(Shape::Reference(path));
        }
        // `hashlib.new("md5")` is `hashlib.md5()`.
        if name == "hashlib.new"
            && let Some(Node::Literal(Literal::Text(Cow::Borrowed(algorithm)))) =
                arguments.first().map(|id| self.code.node(*id))
        {
            let algorithm: &'s str = algorithm;
            let algorithm = self.code.names.intern(algorithm);
            let of = path.and_then(|path| self.code.names.parent(path));
            let made = of
                .and_then(|of| self.code.names.child(of, algorithm))
                .and_then(|path| self.code.names.child(path, CALL));
            if let Some(path) = made {
                return self.reference(path, id);
            }
        }
        if self.language == Language::Python && name == "dict" {
            return Value {
                shape: Shape::Collection(id),
                ..Value::made_of(given.iter().copied())
            };
        }
        if matches!(name, "util.promisify" | "typing.cast" | "functools.partial")
            && let Some(value) = given
                .iter()
                .rev()
                .find(|v| matches!(v.shape, Shape::Reference(_)))
        {
            return *value;
        }
        let receiver = receiver.map_or(Value::UNKNOWN, |id| self.value(id));
        // What is cleaned as if it began at the root cannot climb out of where it is joined to.
        if matches!(name, "path.Clean" | "path/filepath.Clean")
            && let ([only], [argument]) = (given, arguments)
            && (self.begins_with_separator(*argument) || self.begins_at_the_root(*only))
        {
            return only.escaped(Clean::PATH);
        }
        // `map(shlex.quote, names)` is what `shlex.quote` gives for each.
        if self.language == Language::Python
            && name == "map"
            && let [each, list] = given
            && let Shape::Reference(path) = each.shape
            && let path = self.code.names.render(path)
            && let Some(clean) = (library.cleans)(&path, path.rsplit('.').next().unwrap_or(&path))
        {
            let value = Value::made_of([*list]).escaped(clean);
            return match clean {
                Clean::ALL => value.harmless(),
                _ => value,
            };
        }
        if let Some(clean) = (library.cleans)(name, method) {
            let value = Value::made_of(given.iter().copied()).escaped(clean);
            return match clean {
                // Which size a number was asked for matters to who makes it smaller.
                Clean::ALL if name.starts_with("strconv.") => Value {
                    shape: path
                        .and_then(|path| self.code.names.child(path, CALL))
                        .map_or(Shape::Unknown, Shape::Reference),
                    ..value.harmless()
                },
                Clean::ALL => value.harmless(),
                _ => value,
            };
        }
        if (library.passes_on)(name, method) {
            // How much of it is taken says nothing about what it is.
            let whole = given.get(..1).filter(|_| library::takes_a_part(name));
            let mut value = Value::made_of(whole.unwrap_or(given).iter().copied());
            let last = name.rsplit('.').next().unwrap_or(name);
            if let Some(path) = path
                && last.starts_with(|c: char| c.is_ascii_uppercase())
                && !(library.wraps)(name)
            {
                // A new object is still what it is called: `pathlib.Path(name).open()`.
                value.shape = match self.code.names.child(path, CALL) {
                    Some(path) => Shape::Reference(path),
                    None => Shape::Unknown,
                };
            }
            return value;
        }
        let mut value = match path.and_then(|path| self.code.names.child(path, CALL)) {
            Some(path) => self.reference(path, id),
            None => Value::UNKNOWN,
        };
        if self.language == Language::Php && library::php::reads_rows(method) {
            return value;
        }
        if self.language.has_fields_in_scope() {
            value = self.managed_result(value, (name, path, method), receiver, given);
        }
        value.taint_by(receiver);
        if self.language == Language::Python && library::python::hands_on(name, method) {
            given.iter().for_each(|given| value.taint_by(*given));
        }
        if let Some(sign) = library.reference {
            let mut read = Value::UNKNOWN;
            if (library.fills)(name, method) {
                read.taint_by(value);
                given.iter().for_each(|given| read.taint_by(*given));
            }
            self.fill_arguments(arguments, sign, read);
        }
        // A method of an unknown thing that is itself a source: `request.get_json()`.
        value.taint_by(of);
        // `headers.get("Referer")`
        if value.taint.overlaps(Taint::REQUEST)
            && let Some(key) = given.first()
        {
            return value.escaped(self.told_by_key(*key));
        }
        value
    }

    fn begins_at_the_root(&self, value: Value) -> bool {
        let Shape::Composed(at) = value.shape else {
            return false;
        };
        let text = self.learnt.composed.get(at as usize);
        text.is_some_and(|text| text.starts_with('/'))
    }

    /// `string(filepath.Separator) + name`
    fn begins_with_separator(&self, argument: NodeId) -> bool {
        let text = self.code.slice(self.code.span(argument));
        text.split_once('+').is_some_and(|(first, _)| {
            let first = first.trim_end();
            first.starts_with("string(")
                && first.trim_end_matches([')', '}']).ends_with("Separator")
        })
    }

    /// `preg_replace('/[^a-z0-9]/', '', $x)`
    fn leaves_only_the_harmless(&self, arguments: &[NodeId]) -> Option<Clean> {
        let [pattern, replacement, ..] = arguments else {
            return None;
        };
        let written = self.code.slice(self.code.span(*pattern));
        library::leaves(written).filter(|_| self.value(*replacement).is_constant())
    }

    /// A text as it stands in the source.
    fn written_text(&self, id: NodeId) -> Option<&str> {
        match self.code.node(id) {
            Node::Literal(Literal::Text(text)) => Some(text.as_ref()),
            _ => None,
        }
    }

    /// `path.replace('/', '.')`, `strings.ReplaceAll(path, "/", "-")`: a name of one part.
    fn takes_slashes_away(&self, name: &str, method: &str, arguments: &[NodeId]) -> bool {
        let (search, replacement) = match (method, arguments) {
            // The first alone, or all of them.
            ("replace", [search, with]) if self.language != Language::JavaScript => (search, with),
            ("replaceAll" | "Replace", [search, with]) => (search, with),
            ("ReplaceAll", [_, search, with]) if name == "strings.ReplaceAll" => (search, with),
            _ => return false,
        };
        self.written_text(*search) == Some("/")
            && self
                .written_text(*replacement)
                .is_some_and(|with| !with.contains(['/', '\\']))
    }

    /// `str_replace('/', '', $x)`: what leaves nothing where two dots went may put two together.
    fn leaves_no_way_up(&self, arguments: &[NodeId]) -> bool {
        let [search, replacement, ..] = arguments else {
            return false;
        };
        let (Some(search), Some(replacement)) =
            (self.written_text(*search), self.written_text(*replacement))
        else {
            return false;
        };
        matches!(search, "/" | "..")
            || search.contains("..") && !replacement.is_empty() && !replacement.contains('.')
    }

    /// `text.replace("<", "&lt;")`, `str_replace(['<', '>'], ['&lt;', '&gt;'], $text)`.
    fn writes_angles_out(&self, name: &str, method: Option<&str>, arguments: &[NodeId]) -> bool {
        let written = |at: usize| {
            let argument = arguments.get(at);
            argument.map_or("", |id| self.code.slice(self.code.span(*id)))
        };
        let finds = |text: &str| text.contains("'<'") || text.contains("\"<\"");
        let does = match method {
            Some("replaceAll" | "Replace" | "ReplaceAll" | "gsub") => true,
            // The first alone, or all of them.
            Some("replace") => self.language != Language::JavaScript && arguments.len() == 2,
            Some(_) => false,
            None if name == "strtr" => return finds(written(1)) && written(1).contains("&lt;"),
            None => library::replaces_text(name),
        };
        does && finds(written(0)) && written(1).contains("&lt;")
    }

    /// `ids.map(Number)`, `ids.map(&:to_i)`, `ids.map(() => '?')`
    fn makes_numbers(&mut self, call: NodeId, method: &str, arguments: &[NodeId]) -> bool {
        if !matches!(method, "map" | "collect") {
            return false;
        }
        if self.language == Language::Ruby {
            let written = self.code.slice(self.code.span(call));
            return [":to_i)", ":to_f)"]
                .iter()
                .any(|end| written.ends_with(end));
        }
        let [each] = arguments else {
            return false;
        };
        let written = self.code.slice(self.code.span(*each));
        matches!(written, "Number" | "parseInt" | "parseFloat")
            || match self.value(*each).shape {
                Shape::Function(function) => self.returns_a_constant(function),
                _ => false,
            }
    }

    /// Ruby: `name.delete("/")`, `name.tr("^a-z", "")`
    fn takes_letters_away(&self, method: &str, given: &[Value]) -> Option<Clean> {
        let letters = self.constant_text(*given.first()?)?;
        match (method, letters.strip_prefix('^')) {
            ("delete" | "tr" | "tr_s", Some(kept)) => {
                library::finds_the_harmful(&format!("[^{kept}]")).then_some(Clean::ALL)
            }
            ("delete", None) if letters.contains('/') => Some(Clean::PATH),
            _ => None,
        }
    }

    /// `name.replace("'", "&apos;")`: XPath has no other way out of a text.
    fn takes_quotes_away(&self, method: &str, given: &[Value]) -> bool {
        let [quote, instead] = given else {
            return false;
        };
        let quote = self.constant_text(*quote);
        matches!(method, "replace" | "replaceAll" | "Replace")
            && quote.as_deref().is_some_and(|quote| {
                matches!(quote, "'" | "\"")
                    && self
                        .constant_text(*instead)
                        .is_some_and(|instead| !instead.contains(quote))
            })
    }

    /// What a call may write through the references that it is given: `json.Unmarshal(data, &v)`.
    fn fill_arguments(&mut self, arguments: &[NodeId], sign: &str, read: Value) {
        for argument in arguments {
            let argument = &self.unwrapped(*argument);
            let mut inner = match self.code.node(*argument) {
                Node::Same(inner) if self.is_written(*argument, sign) => *inner,
                _ => continue,
            };
            // `&mut bytes[..]`
            while let Node::Index { object, .. } | Node::Same(object) = self.code.node(inner) {
                inner = *object;
            }
            let scope = self.code.scope_of(*argument);
            if let Some(path) = self.access(inner) {
                let before = self.value(inner);
                let shape = match before.shape {
                    Shape::Reference(_) => before.shape,
                    _ => Shape::Unknown,
                };
                let mut value = Value {
                    shape,
                    clean: Clean::NONE,
                    via: NodeId::NONE,
                    ..before
                };
                value.taint_by(read);
                self.bind(path, value, scope, Binding::default());
            }
        }
    }

    /// `(&mut bytes).into()` is written to as `&mut bytes` is.
    fn unwrapped(&self, argument: NodeId) -> NodeId {
        let mut at = argument;
        loop {
            at = match self.code.node(at) {
                Node::Call { callee, args } if self.code.list(*args).is_empty() => {
                    match self.code.node(*callee) {
                        Node::Member { object, name } if self.code.names.text(*name) == "into" => {
                            *object
                        }
                        _ => return at,
                    }
                }
                Node::Same(inner) if self.is_written(at, "(") => *inner,
                _ => return at,
            };
        }
    }

    fn is_written(&self, argument: NodeId, sign: &str) -> bool {
        self.code.slice(self.code.span(argument)).starts_with(sign)
    }

    /// `Type::new(...)`, `Type::default()`: something of that type.
    fn made_of_type(&self, path: Path, given: &[Value]) -> Option<Value> {
        let names = &self.code.names;
        let is_maker = matches!(names.text(names.last(path)?), "new" | "default");
        let of_type = names.parent(path)?;
        let name = names.text(names.last(of_type)?);
        let is_type = name.starts_with(|c: char| c.is_ascii_uppercase());
        (is_maker && is_type).then(|| Value {
            shape: Shape::Reference(of_type),
            clean: Clean::NONE,
            ..Value::made_of(given.iter().copied())
        })
    }

    /// The module that a constant argument names.
    pub(super) fn module(&mut self, argument: NodeId) -> Option<Path> {
        let Node::Literal(Literal::Text(Cow::Borrowed(name))) = self.code.node(argument) else {
            return None;
        };
        let name: &'s str = name;
        if self.language == Language::Python {
            return self.code.names.dotted(name);
        }
        let name = name.strip_prefix("node:").unwrap_or(name);
        let name = self.code.names.intern(name);
        Some(self.code.names.root(name))
    }
}
