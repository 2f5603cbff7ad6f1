//! What the adapter does at every node of the tree.

use tree_sitter::Node as Syntax;

use crate::model::Span;

use super::super::code::{Binding, Code, Flow, Fork, List, Literal, Node, NodeId, ScopeKind, When};
use super::super::library;
use super::super::literal;
use super::super::walk::{
    self, Child, Control, Enter, Place, child_of, control, has, id_of, last, name_of,
};
use super::{
    Adapter, Declaration, Declared, Dialect, Kind, MAX_QUALIFIED, handler_of_route, simple_type,
};

impl<'s, D: Dialect> Adapter<'s, D> {
    fn enter_identifier(
        &mut self,
        code: &mut Code<'s>,
        field: u16,
        node: &Syntax<'_>,
        parent: Option<(Kind, Syntax<'_>)>,
    ) -> Enter {
        let f = self.fields;
        let span = Span::from(node.byte_range());
        let kind = parent.map_or(Kind::Other, |(kind, _)| kind);
        let is_label = match kind {
            Kind::Call | Kind::Class | Kind::Function | Kind::Argument | Kind::Binding => {
                field == f.name
            }
            Kind::Member => field == f.field || (field == f.name && f.name != 0),
            Kind::Pair => field == f.key,
            _ => false,
        };
        if is_label {
            return Enter::Skip;
        }
        let is_parameter = match kind {
            Kind::Parameter => field == f.name,
            Kind::Parameters => true,
            Kind::Lambda => field == f.parameters,
            _ => false,
        };
        if !is_parameter {
            return Enter::Done(Self::name_node(code, span));
        }
        let text = code.slice(span);
        let name = code.names.intern(text);
        let id = code.add(Node::Parameter(name), span);
        if let Some((_, parameters)) = self.functions.last_mut() {
            parameters.push(text);
        }
        if let Some((Kind::Parameter | Kind::Parameters, parent)) = parent {
            let of = self.type_of(code, &parent);
            if let Some(of) = of {
                code.declare(id, of);
            }
            if kind == Kind::Parameter {
                let own = match self.begins_with_its_type(&parent) {
                    true => Vec::new(),
                    false => Self::annotations(code, &parent),
                };
                let of = of.and_then(|of| code.names.last(of));
                let taint = D::parameter(&Declaration {
                    own: &own,
                    method: self.functions.last().map_or(&[], |(names, _)| names),
                    class: self.classes.last().map_or(&[], Vec::as_slice),
                    of: of.map_or("", |name| code.names.text(name)),
                });
                code.mark_foreign(id, taint);
            }
        }
        Enter::Done(id)
    }
}

impl<'s, D: Dialect> walk::Adapter<'s> for Adapter<'s, D> {
    type Kind = Kind;

    fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    fn enter(&mut self, code: &mut Code<'s>, place: &Place<'_, Kind>) -> Enter {
        let Place {
            kind,
            field,
            span,
            ref node,
            parent,
        } = *place;
        let f = self.fields;
        if field == self.type_field || (field == f.returns && f.returns != 0) {
            return Enter::Skip;
        }
        let parent_kind = place.parent_kind();
        match kind {
            Kind::Identifier => self.enter_identifier(code, field, node, parent),
            Kind::GenericName if parent_kind == Kind::Member && field == f.name => Enter::Skip,
            Kind::GenericName => Enter::Done(Self::name_node(code, span)),
            Kind::Ignored | Kind::TextContent => Enter::Skip,
            Kind::Import => {
                Self::static_import(code, node);
                Enter::Skip
            }
            Kind::Text => {
                let text = D::text(code.slice(span));
                Enter::Done(code.literal(Literal::Text(text), span))
            }
            Kind::Number => {
                let number = literal::number_with_suffix(code.slice(span));
                Enter::Done(code.number(number, span))
            }
            Kind::True | Kind::False | Kind::Bool => {
                let is_true = code.slice(span) == "true";
                Enter::Done(code.literal(Literal::Bool(is_true), span))
            }
            Kind::Null => Enter::Done(code.literal(Literal::Null, span)),
            Kind::Member if span.len() <= MAX_QUALIFIED => {
                let text = code.slice(span);
                let name = match D::qualified(text) {
                    Some(name) => name,
                    None => match self.own_field(code, span) {
                        Some(name) => name,
                        None => return Enter::Into,
                    },
                };
                let name = code.names.intern(name);
                Enter::Done(code.add(Node::Name(name), span))
            }
            Kind::Class | Kind::ClassBody if kind == Kind::Class || parent_kind == Kind::New => {
                let name = name_of(code, node, f.name);
                self.classes.push(Self::annotations(code, node));
                code.open_scope(ScopeKind::Class, name, span, Vec::new());
                Enter::Into
            }
            Kind::Function | Kind::Lambda => {
                let name = name_of(code, node, f.name);
                let annotations = match kind {
                    Kind::Function => Self::annotations(code, node),
                    _ => handler_of_route(code, node),
                };
                let decorators = self.decorators(code, &annotations, span);
                self.functions.push((annotations, Vec::new()));
                let function = code.open_scope(ScopeKind::Function, name, span, decorators);
                let returned = node
                    .child_by_field_id(f.returns)
                    .or_else(|| node.child_by_field_id(self.type_field));
                if kind == Kind::Function
                    && returned.is_some_and(|of| {
                        library::is_plain_type(code.slice(Span::from(of.byte_range())))
                    })
                {
                    code.declare_number(function);
                }
                Enter::Into
            }
            Kind::Field => {
                let mut cursor = node.walk();
                self.is_open_field = !node.children(&mut cursor).take(8).any(|part| {
                    let words = code.slice(Span::from(part.byte_range()));
                    matches!(part.kind(), "modifiers" | "modifier")
                        && words
                            .split_whitespace()
                            .any(|word| matches!(word, "final" | "readonly" | "const"))
                }) && node.kind() == "field_declaration";
                if parent_kind == Kind::Ignored {
                    return Enter::Skip;
                }
                self.declared.push(Declared {
                    of: self.type_of(code, node),
                    is_open_field: self.is_open_field,
                });
                Enter::Into
            }
            Kind::Declaration | Kind::Resource | Kind::Property | Kind::ForEach | Kind::Pattern => {
                self.declared.push(Declared {
                    of: self.type_of(code, node),
                    is_open_field: parent_kind == Kind::Field && self.is_open_field,
                });
                Enter::Into
            }
            Kind::Assignment => {
                self.entries.push(parent_kind == Kind::Initializer);
                Enter::Into
            }
            Kind::Loop => control(code, Control::of_loop(node)),
            Kind::Try => control(code, Control::Try),
            Kind::Catch => control(code, Control::Handler),
            Kind::Finally => control(code, Control::Finally),
            Kind::Rule => {
                if let Some((_, falls)) = self.subjects.last_mut() {
                    *falls = false;
                }
                Enter::Into
            }
            Kind::Section if code.slice(span).starts_with("default") => {
                self.case(code, &[]);
                Enter::Into
            }
            Kind::Break => control(code, Control::Break),
            Kind::Continue => control(code, Control::Continue),
            _ => Enter::Into,
        }
    }

    fn between(
        &mut self,
        code: &mut Code<'s>,
        parent: Kind,
        done: Child<Kind>,
        own: &[Child<Kind>],
    ) {
        let f = self.fields;
        match parent {
            Kind::If if done.field == f.condition => {
                code.branch(Fork::Choice, When::Holds(done.id))
            }
            Kind::If if done.field == f.consequence => {
                code.arm(When::Fails(id_of(own, f.condition)))
            }
            Kind::While if done.field == f.condition => {
                code.branch(Fork::Loop, When::Holds(done.id))
            }
            Kind::Switch if self.is_subject(done) => {
                code.fork(Fork::Switch);
                self.subjects.push((done.id, true));
            }
            Kind::Section if own.len() == 1 && done.id != NodeId::NONE => {
                self.case(code, &[done.id]);
            }
            Kind::ForEach
                if (done.field == f.value && f.value != 0)
                    || (done.field == f.right && done.field != 0) =>
            {
                let target = [f.name, f.left]
                    .into_iter()
                    .find_map(|field| id_of(own, field).some());
                let element = Binding::ELEMENT;
                code.branch(Fork::Loop, When::Maybe);
                if let Some(target) = target {
                    let assign = code.assign(target, done.id, element, done.span);
                    if let Some(of) = self.declared.last().and_then(|declared| declared.of) {
                        code.declare(assign, of);
                    }
                }
            }
            Kind::Conditional if done.field == f.condition => self.conditions.push(done.id),
            _ => {}
        }
    }

    fn leave(
        &mut self,
        code: &mut Code<'s>,
        kind: Kind,
        node: &Syntax<'_>,
        children: &[Child<Kind>],
    ) -> NodeId {
        let span = Span::from(node.byte_range());
        let f = self.fields;
        match kind {
            Kind::Statement | Kind::Parameters | Kind::Parameter | Kind::SuperCall => NodeId::NONE,
            Kind::ClassBody if code.is_scope(span) => {
                self.classes.pop();
                code.close_scope();
                NodeId::NONE
            }
            Kind::ClassBody => NodeId::NONE,
            Kind::If | Kind::While => {
                if has(children, f.condition) {
                    code.join();
                }
                NodeId::NONE
            }
            Kind::Switch => {
                if !children.iter().any(|child| self.is_subject(*child)) {
                    // The form that is an expression: one of its arms.
                    let arms = children
                        .iter()
                        .filter(|child| child.kind == Kind::SwitchArm);
                    let arms = code.add_list(arms.filter_map(|arm| arm.id.some()));
                    return code.add(Node::Either(arms), span);
                }
                self.subjects.pop();
                code.join();
                code.add(Node::Opaque(List::default()), span)
            }
            Kind::Label => {
                let values: Vec<NodeId> = children.iter().filter_map(|c| c.id.some()).collect();
                self.case(code, &values);
                NodeId::NONE
            }
            Kind::SwitchArm => last(children),
            Kind::ForEach => {
                self.declared.pop();
                if children.iter().any(|child| {
                    (child.field == f.value && f.value != 0)
                        || (child.field == f.right && f.right != 0)
                }) {
                    code.join();
                }
                NodeId::NONE
            }
            Kind::Loop => {
                code.join();
                NodeId::NONE
            }
            Kind::Try => {
                if !children.iter().any(|child| child.kind == Kind::Finally) {
                    code.join();
                }
                NodeId::NONE
            }
            Kind::Throw => {
                code.flow(Flow::Stop);
                NodeId::NONE
            }
            Kind::Catch | Kind::Finally | Kind::Section | Kind::Rule => NodeId::NONE,
            Kind::Field => {
                self.declared.pop();
                NodeId::NONE
            }
            Kind::Declaration => {
                self.declared.pop();
                last(children)
            }
            Kind::Declarator => {
                let target = id_of(children, f.name);
                let value = children
                    .iter()
                    .rev()
                    .find(|child| child.field != f.name && child.kind != Kind::Arguments)
                    .map_or(NodeId::NONE, |child| child.id);
                self.bind(code, target, value, span)
            }
            Kind::Resource | Kind::Property | Kind::Pattern => {
                let id = match child_of(children, f.name) {
                    Some(name) => {
                        let target = match name.id.some() {
                            Some(target) => target,
                            None => Self::name_node(code, name.span),
                        };
                        let value = id_of(children, f.value);
                        self.bind(code, target, value, span)
                    }
                    None => last(children),
                };
                self.declared.pop();
                match kind {
                    Kind::Pattern => code.add(Node::Opaque(List::default()), span),
                    _ => id,
                }
            }
            Kind::InstanceOf => {
                if let Some(target) = id_of(children, f.name).some() {
                    let value = id_of(children, f.left);
                    let right = child_of(children, f.right).map(|child| child.span);
                    let of = right
                        .and_then(|at| simple_type(code.slice(at)))
                        .map(|name| code.names.intern(name))
                        .map(|name| code.names.root(name));
                    self.declared.push(Declared {
                        of,
                        is_open_field: false,
                    });
                    self.bind(code, target, value, span);
                    self.declared.pop();
                }
                code.add(Node::Opaque(List::default()), span)
            }
            Kind::Function | Kind::Lambda | Kind::Class => {
                let body = child_of(children, f.body);
                if kind == Kind::Lambda
                    && let Some(value) = body.and_then(|body| body.id.some())
                {
                    code.add(Node::Return(value), span);
                }
                if kind == Kind::Class {
                    self.classes.pop();
                } else {
                    self.functions.pop();
                }
                if kind == Kind::Lambda {
                    return code.close_function(span);
                }
                let at = child_of(children, f.name).map_or(span, |child| child.span);
                code.close_declared(None, at, span)
            }
            Kind::Return => {
                let value = last(children);
                code.add(Node::Return(value), span)
            }
            Kind::ArrowBody => {
                let value = last(children);
                if !self.functions.is_empty() {
                    code.add(Node::Return(value), span);
                }
                value
            }
            Kind::Assignment => {
                let target = id_of(children, f.left);
                let value = id_of(children, f.right);
                let value = code.assigned(value);
                let operator = node.child_by_field_id(f.operator);
                let operator = operator.map_or("", |n| code.slice(Span::from(n.byte_range())));
                if self.entries.pop() == Some(true) {
                    let key = Self::key(code, code.span(target));
                    return code.add(Node::Entry { key, value }, span);
                }
                let binding = Binding {
                    append: operator == "+=",
                    ..Binding::default()
                };
                code.assign(target, value, binding, span)
            }
            Kind::Conditional => {
                self.conditions.pop();
                let expression = self.expression(code, kind, node, children);
                code.add(expression, span)
            }
            _ => {
                let expression = self.expression(code, kind, node, children);
                code.add(expression, span)
            }
        }
    }
}
