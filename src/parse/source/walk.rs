//! Drives an adapter over a syntax tree with a cursor, so that depth costs heap and never stack.

use tree_sitter::{Node as Syntax, Tree};

use crate::model::Span;
pub(super) use crate::parse::kinds::{fields, kinds};

use super::code::{Code, Flow, Fork, From, Key, List, Literal, Node, NodeId, When};
use super::names::Symbol;

/// What an adapter wants done with a node that it meets.
pub(super) enum Enter {
    /// Look into it; [`Adapter::leave`] is called afterwards.
    Into,
    /// It is this, and what is in it does not matter.
    Done(NodeId),
    /// Nothing of it matters.
    Skip,
}

/// A named part of a syntax node, after it was left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Child<K> {
    pub kind: K,
    /// The grammar's number of its field, 0 for none.
    pub field: u16,
    pub span: Span,
    pub id: NodeId,
}

/// What decides which statements run, in the words that the languages share.
#[derive(Clone, Copy, Debug)]
pub(super) enum Control {
    Loop,
    /// A loop that runs once at least: `do`.
    Do,
    Try,
    /// `catch`, `except`: begins anywhere within the `try`.
    Handler,
    Finally,
    /// The `default` of a `switch` in the family of C.
    Default,
    Break,
    Continue,
}

impl Control {
    /// A loop as its statement is called.
    pub fn of_loop(node: &Syntax<'_>) -> Self {
        match node.kind() {
            "do_statement" => Self::Do,
            _ => Self::Loop,
        }
    }
}

/// What happens to the ways through the code where such a statement is entered.
pub(super) fn control(code: &mut Code<'_>, control: Control) -> Enter {
    match control {
        Control::Loop => code.branch(Fork::Loop, When::Maybe),
        Control::Do => code.branch(Fork::Loop, When::Always),
        Control::Try => code.branch(Fork::Choice, When::Always),
        Control::Handler => code.arm_from(When::Maybe, From::First),
        Control::Finally => code.join(),
        Control::Default => code.arm_from(When::Otherwise, From::Previous),
        // One with a label leads somewhere else: to the end, as far as anybody knows.
        Control::Break => code.flow(Flow::Break),
        Control::Continue => code.flow(Flow::Continue),
    }
    match control {
        Control::Break | Control::Continue => Enter::Skip,
        _ => Enter::Into,
    }
}

/// Where the walk is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'t, K> {
    pub kind: K,
    /// The grammar's number of its field in the parent, 0 for none.
    pub field: u16,
    pub span: Span,
    pub node: Syntax<'t>,
    pub parent: Option<(K, Syntax<'t>)>,
}

impl<K: Copy + Default> Place<'_, K> {
    pub fn parent_kind(&self) -> K {
        self.parent.map_or_else(K::default, |(kind, _)| kind)
    }
}

/// The part of a field.
pub(super) fn child_of<K>(children: &[Child<K>], field: u16) -> Option<&Child<K>> {
    children
        .iter()
        .find(|child| child.field == field && field != 0)
}

/// The node of a field's part, or none.
pub(super) fn id_of<K>(children: &[Child<K>], field: u16) -> NodeId {
    child_of(children, field).map_or(NodeId::NONE, |child| child.id)
}

/// True where a part of this field was met.
pub(super) fn has<K>(children: &[Child<K>], field: u16) -> bool {
    child_of(children, field).is_some()
}

/// What stands in a field, as a name.
pub(super) fn name_of(code: &mut Code<'_>, node: &Syntax<'_>, field: u16) -> Option<Symbol> {
    let name = node.child_by_field_id(field)?;
    let name = code.slice(Span::from(name.byte_range()));
    Some(code.names.intern(name))
}

/// The parts that are expressions.
pub(super) fn list<K>(code: &mut Code<'_>, children: &[Child<K>]) -> List {
    code.add_list(children.iter().filter_map(|child| child.id.some()))
}

/// The first part that is an expression, or none.
pub(super) fn first<K>(children: &[Child<K>]) -> NodeId {
    let mut parts = children.iter();
    let found = parts.find_map(|child| child.id.some());
    found.unwrap_or(NodeId::NONE)
}

/// The last part that is an expression, or none.
pub(super) fn last<K>(children: &[Child<K>]) -> NodeId {
    let mut parts = children.iter().rev();
    let found = parts.find_map(|child| child.id.some());
    found.unwrap_or(NodeId::NONE)
}

/// A constant text as a map's key is a name; anything else is computed.
pub(super) fn entry_key(code: &mut Code<'_>, key: NodeId) -> Key {
    let span = code.span(key);
    if let Node::Literal(Literal::Text(_)) = code.node(key) {
        let raw = code.slice(span);
        let name = raw.trim_matches(['\'', '"', '`']);
        let name = code.names.intern(name);
        return Key::Name { name, span };
    }
    Key::Computed(key)
}

/// `-1` is a number, `not x` is something made of `x`.
pub(super) fn negative<'s, K>(code: &mut Code<'s>, span: Span, children: &[Child<K>]) -> Node<'s> {
    let inner = first(children);
    match (code.slice(span).bytes().next(), code.node(inner)) {
        (Some(b'-'), Node::Literal(Literal::Number(n))) => Node::Literal(Literal::Number(-n)),
        (Some(b'!'), Node::Literal(Literal::Number(n))) => Node::Literal(Literal::Bool(*n == 0.0)),
        _ => Node::Opaque(code.add_list(inner.some())),
    }
}

/// From one language's syntax tree to [`Code`].
pub(super) trait Adapter<'s> {
    type Kind: Copy + Default;

    /// The kinds of nodes by the grammar's numbers.
    fn kinds(&self) -> &[Self::Kind];
    fn enter(&mut self, code: &mut Code<'s>, place: &Place<'_, Self::Kind>) -> Enter;
    /// Called after each part of a node, for what must be known before the next part: the part that
    /// is done, which is the last of the parent's own so far.
    fn between(
        &mut self,
        code: &mut Code<'s>,
        parent: Self::Kind,
        done: Child<Self::Kind>,
        own: &[Child<Self::Kind>],
    );
    fn leave(
        &mut self,
        code: &mut Code<'s>,
        kind: Self::Kind,
        node: &Syntax<'_>,
        children: &[Child<Self::Kind>],
    ) -> NodeId;
}

struct Frame<'t, K> {
    node: Syntax<'t>,
    kind: K,
    field: u16,
    span: Span,
    first: usize,
    /// Named parts that were not met yet.
    ahead: usize,
}

/// Visits every named node once, parts before wholes.
pub(super) fn walk<'s, A: Adapter<'s>>(tree: &Tree, adapter: &mut A, code: &mut Code<'s>) {
    let mut cursor = tree.walk();
    let mut frames: Vec<Frame<'_, A::Kind>> = Vec::new();
    let mut children: Vec<Child<A::Kind>> = Vec::new();
    loop {
        let node = cursor.node();
        if node.is_named() {
            let kind = adapter.kinds().get(usize::from(node.kind_id()));
            let kind = kind.copied().unwrap_or_default();
            let field = cursor.field_id().map_or(0, |id| id.get());
            let span = Span::from(node.byte_range());
            let place = Place {
                kind,
                field,
                span,
                node,
                parent: frames.last().map(|frame| (frame.kind, frame.node)),
            };
            if let Some(parent) = frames.last_mut() {
                parent.ahead = parent.ahead.saturating_sub(1);
            }
            let id = match adapter.enter(code, &place) {
                Enter::Into => {
                    let ahead = node.named_child_count();
                    frames.push(Frame {
                        node,
                        kind,
                        field,
                        span,
                        first: children.len(),
                        ahead,
                    });
                    if ahead > 0 && cursor.goto_first_child() {
                        continue;
                    }
                    finish(adapter, code, &mut frames, &mut children);
                    None
                }
                Enter::Done(id) => Some(id),
                Enter::Skip => Some(NodeId::NONE),
            };
            if let Some(id) = id {
                children.push(Child {
                    kind,
                    field,
                    span,
                    id,
                });
                note(adapter, code, &frames, &children);
            }
        }
        // Only signs follow the last named part, and moving is most of what a walk costs.
        loop {
            match frames.last() {
                None => return,
                Some(frame) if frame.ahead > 0 && cursor.goto_next_sibling() => break,
                Some(_) => {
                    cursor.goto_parent();
                    finish(adapter, code, &mut frames, &mut children);
                }
            }
        }
    }
}

/// Leaves the innermost node.
fn finish<'s, A: Adapter<'s>>(
    adapter: &mut A,
    code: &mut Code<'s>,
    frames: &mut Vec<Frame<'_, A::Kind>>,
    children: &mut Vec<Child<A::Kind>>,
) {
    let Some(frame) = frames.pop() else { return };
    let own = children.get(frame.first..).unwrap_or(&[]);
    let id = adapter.leave(code, frame.kind, &frame.node, own);
    children.truncate(frame.first);
    children.push(Child {
        kind: frame.kind,
        field: frame.field,
        span: frame.span,
        id,
    });
    note(adapter, code, frames, children);
}

fn note<'s, A: Adapter<'s>>(
    adapter: &mut A,
    code: &mut Code<'s>,
    frames: &[Frame<'_, A::Kind>],
    children: &[Child<A::Kind>],
) {
    if let (Some(frame), Some(done)) = (frames.last(), children.last()) {
        let own = children.get(frame.first..).unwrap_or(&[]);
        adapter.between(code, frame.kind, *done, own);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::grammar;
    use crate::parse::source::Language;

    /// Notes where the nodes begin and end that it enters and leaves.
    #[derive(Default)]
    struct Steps {
        entered: Vec<Span>,
        left: Vec<Span>,
    }

    impl<'s> Adapter<'s> for Steps {
        type Kind = ();

        fn kinds(&self) -> &[()] {
            &[]
        }

        fn enter(&mut self, _: &mut Code<'s>, place: &Place<'_, ()>) -> Enter {
            self.entered.push(place.span);
            Enter::Into
        }

        fn between(&mut self, _: &mut Code<'s>, (): (), _: Child<()>, _: &[Child<()>]) {}

        fn leave(
            &mut self,
            _: &mut Code<'s>,
            (): (),
            node: &Syntax<'_>,
            _: &[Child<()>],
        ) -> NodeId {
            self.left.push(Span::from(node.byte_range()));
            NodeId::NONE
        }
    }

    fn named(node: Syntax<'_>, into: &mut Steps) {
        let span = Span::from(node.byte_range());
        if node.is_named() {
            into.entered.push(span);
        }
        for part in node.children(&mut node.walk()) {
            named(part, into);
        }
        if node.is_named() {
            into.left.push(span);
        }
    }

    #[test]
    fn every_named_node_is_entered_and_left_even_where_the_text_is_wrong() {
        let texts = [
            "",
            ";",
            "a(b, c[d], 'e' + f);\n",
            "if (a) { b(); } else { c; }\n# d\n// e\n",
            "x = ) { a( = 'b\n\n}} def class <?php fn(",
            "<?php $a = \"b {$c['d']} e\"; ?> f <?= g(); // h",
            "def a(b, c=1):\n  return [d for e in f if",
            "class A { public B c(D e) { return e.f( } }",
            "func a(b string) { c := d[e:f]; go g(",
            "fn a<'b>(c: &'b str) -> d { e!(f, g) h }",
        ];
        for language in Language::ALL {
            for kind in language.kinds() {
                let grammar = language.grammar(*kind);
                for text in texts {
                    let tree = grammar::parse(&grammar, text.as_bytes()).expect("a tree");
                    let mut all = Steps::default();
                    named(tree.root_node(), &mut all);
                    let mut met = Steps::default();
                    walk(&tree, &mut met, &mut Code::new(text.as_bytes()));
                    assert_eq!(met.entered, all.entered, "{kind:?}: {text}");
                    assert_eq!(met.left, all.left, "{kind:?}: {text}");
                }
            }
        }
    }
}
