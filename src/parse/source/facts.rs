use std::sync::OnceLock;

use tree_sitter::Tree;

use crate::guard::flight::Held;
use crate::model::Span;

use super::Language;
use super::called::Called;
use super::code::{Code, Key, Literal, Node, NodeId, Operator, ScopeId, ScopeKind};
use super::eval::{self, Learnt};
use super::items::Item;
use super::names::{Path, Symbol};
use super::query::Matches;
use super::trace::Settings;
use super::value::{Shape, Value};

/// How far an expression is climbed.
const MOST_PARENTS: usize = 24;

/// Functions within functions that are looked at.
const MAX_OUTER: usize = 5;

/// Everything that rules may ask about a file.
#[derive(Debug)]
pub struct Facts<'s> {
    pub language: Language,
    pub code: Code<'s>,
    learnt: Learnt<'s>,
    parents: OnceLock<Vec<NodeId>>,
    called: Called,
    /// Its share of what may be held at once.
    _held: Held<'static>,
    /// What the queries that were asked for have found, in their order.
    pub matches: Vec<Matches>,
    pub(super) settings: OnceLock<Settings>,
}

/// One argument of a call.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    pub keyword: Option<Symbol>,
    /// The whole argument: `shell=True`.
    pub span: Span,
    pub value: NodeId,
    /// `*args`, `**options`, `...rest`.
    pub spread: bool,
}

impl<'s> Facts<'s> {
    /// Learns what a tree says beyond what is in the code already.
    pub(super) fn learn(
        language: Language,
        grammar: &tree_sitter::Language,
        tree: Tree,
        mut code: Code<'s>,
        held: Held<'static>,
        matches: Vec<Matches>,
    ) -> Self {
        code.make_room(tree.root_node().descendant_count());
        language.read(&tree, grammar, &mut code);
        // A tree takes many times the memory of its text: it goes before the facts come.
        drop(tree);
        let learnt = eval::run(&mut code, language);
        Self {
            language,
            code,
            learnt,
            parents: OnceLock::new(),
            called: Called::default(),
            matches,
            _held: held,
            settings: OnceLock::new(),
        }
    }

    /// The nodes of this piece of a file, without what pieces before it have handed on.
    pub fn own(&self) -> impl Iterator<Item = NodeId> + use<> {
        self.code.ids().skip(self.code.own)
    }

    pub fn value(&self, id: NodeId) -> Value {
        self.learnt
            .values
            .get(id.index())
            .copied()
            .unwrap_or(Value::UNKNOWN)
    }

    /// The canonical name of an expression: imports and aliases resolved, `()` for results.
    pub fn canonical(&self, id: NodeId) -> Option<Path> {
        match self.value(id).shape {
            Shape::Reference(path) => Some(path),
            _ => None,
        }
    }

    /// The expression as a dotted path, the way it is written.
    pub fn access(&self, id: NodeId) -> Option<Path> {
        self.learnt.access.get(id.index()).copied().flatten()
    }

    /// Every constant that a value may be; empty where one is not known.
    pub fn constants(&self, value: Value) -> Vec<&Literal<'s>> {
        let constant = |at: &u32| self.learnt.constants.get(*at as usize);
        match value.shape {
            Shape::Constant(at) => constant(&at).into_iter().collect(),
            Shape::Choice(start, len) => self
                .learnt
                .choices
                .get(start as usize..(start + len) as usize)
                .unwrap_or(&[])
                .iter()
                .filter_map(constant)
                .collect(),
            _ => Vec::new(),
        }
    }

    /// True where the function that a node stands in has a decorator whose last name is wanted.
    pub fn is_decorated(&self, id: NodeId, is_wanted: impl Fn(&str) -> bool) -> bool {
        let scope = self.code.scope(self.code.scope_of(id));
        let decorators = scope.map_or(&[][..], |scope| scope.decorators.as_slice());
        decorators.iter().any(|decorator| {
            let callee = match self.code.node(*decorator) {
                Node::Call { callee, .. } => *callee,
                _ => *decorator,
            };
            match self.code.node(callee) {
                Node::Name(name) | Node::Member { name, .. } => {
                    is_wanted(self.code.names.text(*name))
                }
                _ => false,
            }
        })
    }

    /// True for code that never runs.
    pub fn is_dead(&self, id: NodeId) -> bool {
        self.learnt.dead.get(id.index()) == Some(&true)
    }

    /// The call in this file that hands over what a value got through a parameter.
    pub fn handed_over(&self, value: Value) -> Option<NodeId> {
        let params = value.params;
        let found = |at| self.learnt.incoming.get(&(params.of, at));
        params.positions().find_map(found).map(|found| found.call)
    }

    /// The text of a composed value, with [`super::HOLE`] for what is not constant.
    pub fn composed(&self, value: Value) -> Option<&str> {
        match value.shape {
            Shape::Composed(at) => self.learnt.composed.get(at as usize).map(String::as_str),
            _ => None,
        }
    }

    /// The arguments of a call, in order.
    pub fn arguments(&self, call: NodeId) -> impl Iterator<Item = Argument> {
        let list = match self.code.node(call) {
            Node::Call { args, .. } => self.code.list(*args),
            _ => &[],
        };
        list.iter().map(|id| self.argument(*id))
    }

    fn argument(&self, id: NodeId) -> Argument {
        let (keyword, value, spread) = match self.code.node(id) {
            Node::Entry {
                key: Key::Name { name, .. },
                value,
            } => (Some(*name), *value, false),
            Node::Spread(inner) => (None, *inner, true),
            _ => (None, id, false),
        };
        Argument {
            keyword,
            span: self.code.span(id),
            value,
            spread,
        }
    }

    fn filled(&self, item: &Item) -> Argument {
        let key = item.key.as_deref();
        Argument {
            keyword: key.and_then(|key| self.code.names.lookup(key)),
            span: self.code.span(item.node),
            value: item.node,
            spread: false,
        }
    }

    /// The entries of a map, of a call's keywords, or of what a variable holding one was set to.
    pub fn entries(&self, id: NodeId) -> Vec<Argument> {
        let collection = match self.value(id).shape {
            Shape::Collection(collection) => collection,
            Shape::Items(at) => {
                let items = self.learnt.items.get(at as usize);
                let entries = items.map_or(&[][..], |items| items.entries.as_slice());
                return entries.iter().map(|item| self.filled(item)).collect();
            }
            _ => return Vec::new(),
        };
        let list = match self.code.node(collection) {
            Node::Map(list) | Node::Sequence(list) => *list,
            Node::Call { args, .. } => *args,
            _ => return Vec::new(),
        };
        self.code
            .list(list)
            .iter()
            .map(|id| self.argument(*id))
            .collect()
    }

    /// The node that a node is a part of.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        let parents = self.parents.get_or_init(|| {
            let mut parents = vec![NodeId::NONE; self.code.len()];
            for whole in self.code.ids() {
                self.code.for_each_part(whole, |part| {
                    if let Some(slot) = parents.get_mut(part.index()) {
                        *slot = whole;
                    }
                });
            }
            parents
        });
        parents.get(id.index()).copied().and_then(NodeId::some)
    }

    /// The keys that its function reads of what a call gives back, where nothing else is done with
    /// it; empty where something is.
    pub fn keys_read(&self, call: NodeId) -> Vec<&str> {
        let Some((at, parent)) = self.use_of(call) else {
            return Vec::new();
        };
        let Node::Assign { target, value, .. } = self.code.node(parent) else {
            return self.key_read(at, parent).into_iter().collect();
        };
        let (Node::Name(name), true) = (self.code.node(*target), *value == at) else {
            return Vec::new();
        };
        let own = self.code.scope_of(call);
        let is_use = |id: &NodeId| {
            id != target
                && matches!(self.code.node(*id), Node::Name(other) if other == name)
                && self
                    .functions_around(self.code.scope_of(*id))
                    .any(|of| of == own)
        };
        let mut keys = Vec::new();
        for id in self.code.ids().filter(is_use) {
            let key = self
                .use_of(id)
                .and_then(|(at, parent)| self.key_read(at, parent));
            match key {
                Some(key) => keys.push(key),
                None => return Vec::new(),
            }
        }
        keys
    }

    /// What an expression is a part of, with the part that it is there.
    fn use_of(&self, id: NodeId) -> Option<(NodeId, NodeId)> {
        let mut at = id;
        for _ in 0..MOST_PARENTS {
            let parent = self.parent(at)?;
            match self.code.node(parent) {
                Node::Same(_) => at = parent,
                _ => return Some((at, parent)),
            }
        }
        None
    }

    /// `claims["exp"]`, `claims.get("exp")`, `"exp" in claims`
    fn key_read(&self, of: NodeId, parent: NodeId) -> Option<&str> {
        let key = match self.code.node(parent) {
            Node::Index { object, key } if *object == of => *key,
            Node::Member { object, name }
                if *object == of && self.code.names.text(*name) == "get" =>
            {
                self.arguments(self.parent(parent)?).next()?.value
            }
            Node::Binary {
                operator: Operator::In | Operator::NotIn,
                left,
                right,
            } if *right == of => *left,
            _ => return None,
        };
        match self.constants(self.value(key)).as_slice() {
            [Literal::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The largest expression that a node is a part of: what is put together, handed over or set in
    /// one go. An entry of a map, and what another function does, stand for themselves.
    pub fn expression_around(&self, id: NodeId) -> NodeId {
        let scope = self.code.scope_of(id);
        let mut at = id;
        for _ in 0..MOST_PARENTS {
            let Some(parent) = self.parent(at) else { break };
            let is_own = !matches!(
                self.code.node(parent),
                Node::Map(_) | Node::Function(_) | Node::Opaque(_)
            );
            if !is_own || self.code.scope_of(parent) != scope {
                break;
            }
            at = parent;
        }
        at
    }

    /// What the value of an expression is called where it ends up: a variable, a field, a keyword,
    /// a key, or the function that returns it.
    pub fn role(&self, id: NodeId) -> Option<&'s str> {
        let mut at = id;
        for _ in 0..12 {
            let part = at;
            at = self.parent(at)?;
            match self.code.node(at) {
                // `passwords[md5(server)]`: what is found under it is something else.
                Node::Index { key, .. } if *key == part => return None,
                Node::Assign { target, .. } => {
                    return match self.code.node(*target) {
                        Node::Name(name) | Node::Member { name, .. } => {
                            Some(self.code.names.text(*name))
                        }
                        _ => self
                            .access(*target)
                            .and_then(|path| self.code.names.last(path))
                            .map(|name| self.code.names.text(name)),
                    };
                }
                Node::Entry {
                    key: Key::Name { name, .. },
                    ..
                } => return Some(self.code.names.text(*name)),
                Node::Return(_) => {
                    return self
                        .code
                        .scope(self.code.scope_of(at))
                        .and_then(|scope| scope.name)
                        .map(|name| self.code.names.text(name));
                }
                _ => {}
            }
        }
        None
    }

    /// The name of the innermost function that has one and that a node stands in.
    pub fn function_name(&self, id: NodeId) -> Option<&'s str> {
        let mut at = self.code.scope_of(id);
        loop {
            let scope = self.code.scope(at)?;
            if let (ScopeKind::Function, Some(name)) = (scope.kind, scope.name) {
                return Some(self.code.names.text(name));
            }
            if at == ScopeId::MODULE {
                return None;
            }
            at = scope.parent;
        }
    }

    /// A scope, and the functions that it stands in.
    pub fn functions_around(&self, scope: ScopeId) -> impl Iterator<Item = ScopeId> {
        let outer = |id: &ScopeId| {
            let parent = self.code.scope(*id)?.parent;
            let is_function = self.code.scope(parent)?.kind == ScopeKind::Function;
            is_function.then_some(parent)
        };
        std::iter::successors(Some(scope), outer).take(MAX_OUTER)
    }

    /// True where a call of one of these names stands in the same scope.
    pub fn scope_calls(&self, scope: ScopeId, is_wanted: impl Fn(&str) -> bool) -> bool {
        self.called
            .in_scope(&self.code, scope)
            .any(|name| is_wanted(self.code.names.text(name)))
    }

    /// Every call of something of this name, whoever owns it.
    pub fn calls_named(&self, name: Symbol) -> &[NodeId] {
        self.called.by_name(&self.code, name)
    }

    pub fn text(&self, span: Span) -> &'s str {
        self.code.slice(span)
    }
}

#[cfg(test)]
mod tests {
    use crate::model::FileKind;
    use crate::parse::source::{HOLE, Node, Shape, Taint, facts};

    use super::*;

    /// Every call as `canonical name(arguments)`, arguments as rules see them.
    fn calls(kind: FileKind, text: &str) -> Vec<String> {
        let facts = facts(kind, text.as_bytes()).expect("facts");
        let show = |argument: Argument| {
            let value = facts.value(argument.value);
            let shown = match value.shape {
                Shape::Unknown => "?".to_owned(),
                Shape::Composed(_) => facts.composed(value).unwrap_or("").replace(HOLE, "_"),
                Shape::Reference(path) => facts.code.names.render(path).to_string(),
                Shape::Collection(_) | Shape::Items(_) => "[]".to_owned(),
                Shape::Function(_) => "fn".to_owned(),
                Shape::Constant(_) | Shape::Choice(..) => facts
                    .constants(value)
                    .into_iter()
                    .map(|constant| match constant {
                        Literal::Text(text) => format!("{text:?}"),
                        Literal::Number(number) => number.to_string(),
                        Literal::Bool(bool) => bool.to_string(),
                        Literal::Null => "null".to_owned(),
                    })
                    .collect::<Vec<_>>()
                    .join("|"),
            };
            let tainted = if value.taint == Taint::NONE { "" } else { "!" };
            let keyword = argument
                .keyword
                .map(|name| format!("{}=", facts.code.names.text(name)))
                .unwrap_or_default();
            let spread = if argument.spread { "*" } else { "" };
            format!("{keyword}{spread}{shown}{tainted}")
        };
        let mut shown = Vec::new();
        for id in facts.code.ids() {
            let Node::Call { callee, .. } = facts.code.node(id) else {
                continue;
            };
            let name = match facts.canonical(*callee) {
                Some(path) => facts.code.names.render(path).to_string(),
                None => format!("~{}", facts.text(facts.code.span(*callee))),
            };
            let arguments: Vec<String> = facts.arguments(id).map(show).collect();
            shown.push(format!("{name}({})", arguments.join(", ")));
        }
        shown
    }

    fn python(text: &str) -> Vec<String> {
        calls(FileKind::Python, text)
    }

    fn javascript(text: &str) -> Vec<String> {
        calls(FileKind::JavaScript, text)
    }

    #[test]
    fn python_callees_are_canonical_through_every_kind_of_import() {
        let text = "import subprocess as sp, os.path\nfrom os import system as s, popen\n\
                    from .local import run\nsp.run()\ns()\npopen()\nos.path.join()\nrun()\nr = sp.call\nr()\n";
        assert_eq!(
            python(text),
            [
                "subprocess.run()",
                "os.system()",
                "os.popen()",
                "os.path.join()",
                "..local.run()",
                "subprocess.call()",
            ]
        );
    }

    #[test]
    fn a_local_function_or_parameter_hides_a_builtin() {
        assert_eq!(
            python("def eval(x): pass\ndef g(os):\n  eval(1)\n  os.system(2)\nexec(3)\n"),
            ["~eval(1)", "~os.system(2)", "exec(3)"]
        );
    }

    #[test]
    fn python_constants_are_folded_where_they_are_certain() {
        let text = "A = 'x'\nB = A + 'y'\ndef f(p, q=1):\n  c = 'l' if p else 'm'\n  if p:\n    d = 1\n  \
                    else:\n    d = 2\n  g(A, B, c, d, -1, 'a' 'b', f'{A}!', '%s-%s' % (A, p), '{}z'.format(B))\n  \
                    c = p\n  g(c)\n";
        assert_eq!(
            python(text)[1..],
            [
                "g(\"x\", \"xy\", \"l\"|\"m\", 1|2, -1, \"ab\", \"x!\", x-_, \"xyz\")".to_owned(),
                "g(?)".to_owned(),
            ]
        );
    }

    #[test]
    fn keywords_are_found_in_any_order_and_through_dictionaries() {
        let text = "o = {'verify': False}\nf(1, *a, k=2, **o)\nd = dict(x=3)\ng(**d)\nh(d['x'], o['verify'])\n";
        assert_eq!(
            python(text),
            ["f(1, *a, k=2, *[])", "dict(x=3)", "g(*[])", "h(3, false)",]
        );
    }

    #[test]
    fn nested_functions_see_constants_of_the_module_and_not_half_of_a_variable() {
        let text = "def f():\n  def g():\n    h(K, v)\n  h(v)\nK = 1\nv = 'a'\nv = 'b'\n";
        assert_eq!(python(text), ["h(1, \"a\"|\"b\")", "h(\"a\"|\"b\")"]);
    }

    #[test]
    fn request_data_is_followed_through_variables_texts_and_methods() {
        let text = "from flask import request\nimport sys\ndef f():\n  a = request.args.get('x')\n  b = 'q' + a.strip()\n  \
                    g(a, b, int(a), sys.argv[1])\n";
        assert_eq!(
            python(text).last().map(String::as_str),
            Some("g(flask.request.args.get()!, q_!, ?, ?!)")
        );
        let route = "@app.route('/x/<name>')\ndef show(name):\n  open(name)\n";
        assert_eq!(python(route).last().map(String::as_str), Some("open(?!)"));
    }

    #[test]
    fn javascript_callees_are_canonical_through_imports_and_require() {
        let text = "import cp, { exec as e } from 'node:child_process';\nimport * as fs from 'fs';\n\
                    const { spawn, execSync: x } = require('child_process');\nconst y = require('axios').default;\n\
                    e(); cp.exec(); fs.open(); spawn(); x(); y.get(); new Function(); window.eval();\n\
                    require('util').promisify(e)();";
        let found = javascript(text);
        for wanted in [
            "child_process.exec()",
            "fs.open()",
            "child_process.spawn()",
            "child_process.execSync()",
            "axios.get()",
            "Function()",
            "eval()",
        ] {
            assert!(found.iter().any(|f| f == wanted), "{wanted} in {found:?}");
        }
        assert_eq!(
            found
                .iter()
                .filter(|f| *f == "child_process.exec()")
                .count(),
            3
        );
    }

    #[test]
    fn javascript_templates_and_objects_become_values() {
        let text = "const n = 'a'; const o = { key: { deep: false }, n };\n\
                    f(`${n}-b`, `x ${y} z`, o.key.deep, o.n, ['p', 'q'].join('/'));";
        assert_eq!(
            javascript(text).last().map(String::as_str),
            Some("f(\"a-b\", x _ z, false, \"a\", \"p/q\")")
        );
    }

    #[test]
    fn destructured_requests_stay_requests() {
        let text = "app.get('/', (req, res) => { const { name } = req.query; const { body } = req; f(name, body.x); });\n\
                    function h({ a }) { f(a) }";
        let found = javascript(text);
        assert!(found.contains(&"f(?!, ?!)".to_owned()), "{found:?}");
        assert!(found.contains(&"f(?)".to_owned()), "{found:?}");
    }

    #[test]
    fn typed_sources_read_as_untyped_ones() {
        let text = "import { exec } from 'child_process';\nfunction f(a: string, b?: number): void {\n  \
                    const c = a as unknown as string;\n  exec(`x ${c!}`);\n}\n";
        assert_eq!(
            calls(FileKind::TypeScript, text),
            ["child_process.exec(x _)"]
        );
        let tsx = "const A = ({ html }: Props) => <div dangerouslySetInnerHTML={{ __html: render(html) }} />;";
        assert_eq!(calls(FileKind::Tsx, tsx), ["render(?)"]);
    }

    #[test]
    fn go_callees_are_canonical_through_imports_and_types() {
        let text = "package a\nimport (\n\"database/sql\"\nnh \"net/http\"\n\"github.com/labstack/echo/v4\"\n)\n\
                    type S struct { db *sql.DB }\n\
                    func (s *S) h(r *nh.Request, c echo.Context, n int, t string) {\n\
                    s.db.Query(\"a\" + t, n)\nd, err := sql.Open(\"x\", t)\nd.Exec(r.FormValue(\"k\"), err)\n\
                    c.Param(\"p\")\nk := S{db: d}\nk.db.Ping()\n}\n";
        assert_eq!(
            calls(FileKind::Go, text),
            [
                "database/sql.DB.Query(a_, int)",
                "database/sql.Open(\"x\", ?)",
                "net/http.Request.FormValue(\"k\")",
                "database/sql.Open().Exec(net/http.Request.FormValue()!, ?)",
                "github.com/labstack/echo.Context.Param(\"p\")",
                "S(db=database/sql.Open())",
                "database/sql.Open().Ping()",
            ]
        );
    }

    #[test]
    fn rust_callees_are_canonical_through_use_trees_and_types() {
        let text = "use std::process::{self, Command as C};\nuse axum::extract::Query;\n\
                    async fn f(Query(q): Query<P>, n: u32, conn: &rusqlite::Connection) -> R {\n\
                    C::new(\"sh\").arg(format!(\"a {} {n} {0}\", q.x)).spawn()?;\nprocess::id();\n\
                    conn.execute(&q.y.clone(), [])?;\nmatch q.z { Some(v) => g(v), None => {} }\n}\n";
        assert_eq!(
            calls(FileKind::Rust, text),
            [
                "std.process.Command.new(\"sh\")",
                "std.process.Command.arg(a _ \u{fffb} _!)",
                "std.process.Command.arg().spawn()",
                "std.process.id()",
                "axum.extract.Query.y.clone()",
                "rusqlite.Connection.execute(axum.extract.Query.y!, [])",
                "g(axum.extract.Query.z!)",
            ]
        );
    }

    #[test]
    fn php_is_read_with_the_html_around_it() {
        let text = "<p><?= $_GET['a'] ?></p>\n<?php\nnamespace A; use B\\C as D;\nconst K = 'x'; define('L', 'y');\n\
                    function f(\\PDO $pdo, string $s) { $q = \"a $s {$s['k']}\" . K . L; $pdo->query($q); D::g(n: $s); \
                    $i = (int) $_GET['i']; h($i, $_SERVER['HTTP_HOST'], $_SERVER['DOCUMENT_ROOT'], sprintf('%s-%d', $s, $i)); \
                    `ls $s`; $s(1); }\n";
        assert_eq!(
            calls(FileKind::Php, text),
            [
                "<?=($_GET.a!)",
                "define(\"L\", \"y\")",
                "PDO().query(a _ _xy)",
                "C.g(n=?)",
                "intval($_GET.i!)",
                "sprintf(\"%s-%d\", ?, ?)",
                "h(?, $_SERVER.HTTP_HOST!, $_SERVER.DOCUMENT_ROOT, _-\u{fffb})",
                "`(ls _)",
                "$(?, 1)",
            ]
        );
    }

    #[test]
    fn handlers_of_php_frameworks_take_their_parameters_from_the_request() {
        let text = "<?php\nRoute::get('/{id}', function ($id, int $n) { f($id, $n); });\n\
                    class A extends Controller { #[Route('/{x}')] public function b($x, Request $r) { g($x, $r->get('y')); } \
                    private function c($z) { h($z); } }\n";
        let found = calls(FileKind::Php, text);
        for wanted in [
            "f($_REQUEST!, ?)",
            "g($_REQUEST!, Request().get()!)",
            "h(?)",
        ] {
            assert!(found.iter().any(|f| f == wanted), "{wanted} in {found:?}");
        }
    }

    #[test]
    fn ruby_reads_commands_blocks_and_heredocs() {
        let text = "def f(x)\n  a = \"b #{x}\" + 'c'\n  system a, K: 1\n  `ls #{params[:d]}`\n  \
                    list.each { |i| puts i }\n  run(<<~SQL, 2)\n    select #{x}\n  SQL\n  \
                    OpenSSL::PKey.new(params[:n].to_i, if x then 1 else 2 end)\nend\n";
        let found = calls(FileKind::Ruby, text);
        for wanted in [
            "system(b _c, K=1)",
            "`(ls _!)",
            "run(    select _\n, 2)",
            "OpenSSL.PKey.new(?, 1|2)",
        ] {
            assert!(found.iter().any(|f| f == wanted), "{wanted} in {found:?}");
        }
    }

    #[test]
    fn no_truncation_of_any_source_panics() {
        let python = "@app.route('/<x>')\nasync def f(a, *b, c: int = 1, **d):\n  with open(a) as g, h:\n    \
                      for i, (j, k) in enumerate(x): y = [z for z in f'{i!r:>{j}}' if z]\n  match a:\n    \
                      case {'k': v}: return v\n  a['b'].c += '%(x)s%%%' % {'x': 1}\n  (m := '\\u12')\n";
        let script = "import a, { b as c } from 'x'; @D() class E extends F { static #p = 1; @G() m({ h = 1, ...r }, [i]) { \
                      for (const { q } of z) l ??= `t${`u${v}`}`; } }\nconst j = async x => <A b={1} {...c}>{d}</A>;\n\
                      k?.l?.[m]!.n<T>(o as P, ...p); label: switch (1) { case 2: break }";
        let go = "package a\nimport (f \"fmt\"; _ \"x/y/v2\")\ntype T[K any] struct { a, b *f.X; c map[string]int }\n\
                  func (t *T[K]) m(a, b int, c ...f.S) (r error) {\nfor i, v := range t.a { if x, ok := v.(*f.Y); ok && !x.z { \
                  continue } else if i > 0 { break } }\nswitch y := c[0].(type) { case nil: return; default: defer g(&y, []byte(`r`)) }\n\
                  switch { case a == 1, b == 2: go func() { t.b <- 'c' }() }\nselect { case q := <-ch: _ = q }\n\
                  return f.Sprintf(\"%d%%\", a), &f.X{A: 1, B: {C: \"d\"}, 3}\n}\nconst ( k = iota; l )\nvar n, o = 0644, 1.5e3\n";
        let rust = "use a::{b::{self, c as d}, e::*};\n#[get(\"/<x>\")] async fn f<T: U>(Q(q): Q<u8>, mut x: String, &y: &[u8]) -> R {\n\
                    let S { g, h: Some(i), .. } = j?; if let Ok(k) = l.await && m != 1 { return n } else { o!(\"{p:?} {} {{}}\", q.r(s)?, t = u) }\n\
                    match v { W::X(w) | Y(w) if z => { a += 1; w }, _ => loop { break 'a } };\nfor (b, c) in d.iter() { unsafe { *e } }\n\
                    let f = move |g: h, i| j::<k>(&mut l[..], [0u8; 4], 'm', br#\"n\"#, b\"\\xff\", 0xff_u8, -1);\nO { p, q: r, ..s }.t.0 as u64\n}\n\
                    impl<T> X<T> for a::Y<T> { const Z: &str = concat!(\"a\", \"b\"); fn m(&self) -> vec![Q] { self.n = vec![1, x]; } }\n";
        let php = "<p><?= $a, $b ?></p><?php namespace A; use B\\{C, D as E}; #[Route('/{x}')] final class F extends G { use H; \
                   const I = [1, 'k' => 2, ...$j]; public ?int $k = 0777; fn(int $l, &...$m) => match(true) { 1 => $n, default => -1 }; } \
                   foreach ($o as $p => [$q, 'r' => $s]): $t[] .= \"u{$v['w']}$x[y]\\x41\" . <<<Z\n a $b {$c}\nZ; endforeach; \
                   ($d->e)(f: @$g?->h(), ...$i); new class($j) {}; `k`; include (string) $l ?: $m ?? 'n'; $$o = &$p; echo 1 ?>";
        let ruby = "class A < B\n  def c(d, e = 1, *f, g:, h: 2, **i, &j)\n    k ||= %w[l m] << <<~N + %q(o) ; a #{b} \n    p\n  N\n    \
                    q, (r, *s) = t.u { |v, (w, x)| y&.z! } if a unless b\n    `c #{d[:e]['f']}`; g.h = :\"i#{j}\" rescue -1\n  \
                    case k when 1 then {l: 1, 'm' => 2, n:, **o} else [*p] end\n  end\nend\nput '/q' do |r| -> (s) { s % [1] }.() end\n";
        let java = "package a; import static b.C.d; @E(f = {\"g\"}) class H<T> extends I { final int j[] = {1}; \\u0041 \n\
                    @K void l(@M String n, int... o) throws P { try (Q r = s()) { t: for (var u : v) { if (w instanceof X y && !z) \
                    continue t; else break; } } catch (A | B c) { throw d; } finally { e = f -> { return -1; }; } \
                    switch (g) { case 'h': case \"i\": j(); default: k = l ? m::n : new O<>(){ int p; }; } \
                    var q = switch (r) { case 1, 2 -> \"\"\"\n s\"\"\"; default -> { yield 0x1FL; } }; this.t.u[1] += 'v'; } }";
        let csharp = "using static A.B; namespace C; [D(E = 1)] public class F : G<H>, I { string J { get; set; } = \"k\"; int L => M;\n\
                      async Task N([FromQuery] string o, params int[] p) { foreach (var (q, r) in s) yield return t?.U?[1].V!;\n\
                      using var w = new X(1) { Y = z, [\"a\"] = b }; if (c is D { E: 1 } f and not null) throw new G($\"{h:x} {{i}}\");\n\
                      switch (j) { case 'k': case > 1 when l: break; default: goto case 'k'; } var m = n switch { 1 => \"o\", _ => @\"p\" };\n\
                      #if Q\n lock (r) { } \n#endif\n delegate (int s) { return default; }; (a, b) = (c, d); var e = [1, ..f]; } }";
        for (kind, text) in [
            (FileKind::Go, go),
            (FileKind::Rust, rust),
            (FileKind::Php, php),
            (FileKind::Ruby, ruby),
            (FileKind::Java, java),
            (FileKind::CSharp, csharp),
            (FileKind::Python, python),
            (FileKind::JavaScript, script),
            (FileKind::TypeScript, script),
            (FileKind::Tsx, script),
        ] {
            for end in 0..=text.len() {
                if text.is_char_boundary(end) {
                    let _ = facts(kind, &text.as_bytes()[..end]);
                }
            }
        }
    }

    #[test]
    fn depth_with_brackets_costs_no_stack() {
        let deep =
            |open: &str, close: &str| format!("{}a{}", open.repeat(30_000), close.repeat(30_000));
        let go = [
            format!("package a\nvar x = {}\n", deep("(", ")")),
            format!("package a\nvar x = {}\n", deep("f(", ")")),
            format!("package a\nfunc f() {}\n", deep("{", "}")),
            format!("package a\nvar x = {}\n", deep("[]T{{", "}}")),
        ];
        let rust = [
            format!("fn f() {{ x = {}; }}", deep("(", ")")),
            format!("fn f() {}", deep("{", "}")),
            format!("fn f() {{ println!(\"{{}}\", {}); }}", deep("(", ")")),
            format!("fn f() {{ {} }}", deep("if a {", "}")),
            format!("use {};", deep("a::{", "}")),
            format!("type X = {};", deep("A<", ">")),
        ];
        for (kind, texts) in [(FileKind::Go, &go[..]), (FileKind::Rust, &rust[..])] {
            for text in texts {
                let _ = facts(kind, text.as_bytes());
            }
        }
    }

    #[test]
    fn depth_without_brackets_costs_no_stack() {
        let sum = format!("x = {}a\n", "a + ".repeat(50_000));
        let chain = format!("x = a{}\n", ".b".repeat(50_000));
        let not = format!("x = {}a\n", "not ".repeat(20_000));
        for text in [sum, chain, not] {
            for kind in [
                FileKind::Python,
                FileKind::JavaScript,
                FileKind::Go,
                FileKind::Rust,
                FileKind::Ruby,
            ] {
                let _ = facts(kind, text.as_bytes());
            }
        }
        let dots = format!("<?php $x = {}$a;\n", "$a . ".repeat(20_000));
        let arrows = format!("<?php $a{};\n", "->b".repeat(50_000));
        let casts = format!("<?php {}$a;\n", "(string) ".repeat(20_000));
        for text in [dots, arrows, casts] {
            let _ = facts(FileKind::Php, text.as_bytes());
        }
        let heredocs = "f(<<~A, <<~B)\n".repeat(20_000);
        let _ = facts(FileKind::Ruby, heredocs.as_bytes());
    }
}
