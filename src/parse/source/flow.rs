//! Which way control takes, and what values are where ways meet.

use super::code::{Flow, Fork, From, List, NodeId, ScopeId, When};
use super::eval::{Pass, Slot, Variable};
use super::numbers::NumberMap;
use super::value::Value;

/// Deepest nesting of branches that is followed exactly; deeper ones are taken as "perhaps".
const MAX_FRAMES: usize = 40;

/// Most ways that are told apart at a join: of more, `break` leads nowhere.
const MAX_ENDS: usize = 64;

/// Values of variables at the end of a way; nothing for one that was not set there.
type End = Vec<(Slot, Option<Value>)>;

/// A fork that has not been joined yet.
pub(super) struct Frame {
    fork: Fork,
    scope: ScopeId,
    /// What this way has changed, with what was there before.
    log: Vec<(Slot, Option<Value>)>,
    /// The ends that lead to the join.
    ends: Vec<End>,
    /// The end of the first way, for those that begin within it; of one that always runs, which is
    /// the body of a `try`.
    first: Option<End>,
    /// One of the ways so far always runs.
    is_sure: bool,
    is_open: bool,
    /// This way may run.
    live: bool,
    /// It does not run on to its end.
    ended: bool,
    /// One of the ways certainly runs.
    exhaustive: bool,
    /// The way that runs is known.
    decided: bool,
}

impl<'s> Pass<'_, 's> {
    /// True where the code at hand never runs.
    pub(super) fn is_dead(&self) -> bool {
        self.dead > 0
    }

    /// True where a branch stands too deep to be followed.
    pub(super) fn is_beyond(&self) -> bool {
        self.beyond > 0
    }

    pub(super) fn in_loop(&self) -> bool {
        self.is_beyond() || self.frames.iter().any(|frame| frame.fork == Fork::Loop)
    }

    pub(super) fn flow(&mut self, flow: Flow, scope: ScopeId) {
        match flow {
            Flow::Fork(fork) => {
                if self.beyond > 0 || self.frames.len() >= MAX_FRAMES {
                    self.beyond += 1;
                    return;
                }
                self.frames.push(Frame {
                    fork,
                    scope,
                    log: Vec::new(),
                    ends: Vec::new(),
                    first: None,
                    is_sure: false,
                    is_open: false,
                    live: true,
                    ended: false,
                    exhaustive: false,
                    decided: false,
                });
            }
            _ if self.beyond > 0 => {
                if flow == Flow::Join {
                    self.beyond -= 1;
                }
            }
            Flow::Arm { when, from } => self.arm(when, from, scope),
            Flow::Join => self.meet(),
            Flow::Stop => self.stop(),
            Flow::Break => self.jump(scope, |fork| fork != Fork::Choice),
            Flow::Continue => self.jump(scope, |fork| fork == Fork::Loop),
            Flow::Require(condition) => {
                if !self.is_dead() {
                    self.refine(condition, true, scope);
                }
            }
        }
    }

    /// What follows in this way does not run.
    pub(super) fn stop(&mut self) {
        if self.beyond == 0
            && let Some(frame) = self.frames.last_mut()
        {
            frame.ended = true;
        }
    }

    /// `break` and `continue`: the values here reach the join of an outer fork.
    fn jump(&mut self, scope: ScopeId, is_target: fn(Fork) -> bool) {
        if self.is_dead() {
            return;
        }
        let target = self
            .frames
            .iter()
            .rposition(|frame| frame.scope == scope && is_target(frame.fork));
        let is_wanted = |frame: &Frame| frame.ends.len() < MAX_ENDS;
        if let Some(target) = target
            && self.frames.get(target).is_some_and(is_wanted)
        {
            let logs = self.frames.iter().skip(target).flat_map(|f| &f.log);
            let end = self.ends_of(logs.map(|(slot, _)| *slot).collect());
            if let Some(frame) = self.frames.get_mut(target) {
                frame.ends.push(end);
            }
        }
        self.stop();
    }

    fn ends_of(&self, mut slots: Vec<Slot>) -> End {
        slots.sort_unstable();
        slots.dedup();
        slots
            .into_iter()
            .map(|slot| (slot, self.now(slot)))
            .collect()
    }

    fn arm(&mut self, when: When, from: From, scope: ScopeId) {
        let fell = self.end_arm(from == From::Previous);
        self.hand_down_log();
        let first = match from {
            From::First => self.frames.last().and_then(|frame| frame.first.clone()),
            From::Fork | From::Previous => None,
        };
        let decided = self.frames.last().is_some_and(|frame| frame.decided);
        let runs = if self.is_dead() {
            None
        } else {
            self.runs(when)
        };
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        frame.is_open = true;
        frame.ended = false;
        frame.live = (!decided && runs != Some(false)) || fell.is_some();
        frame.is_sure |= when == When::Always;
        frame.exhaustive |= matches!(when, When::Always | When::Otherwise | When::Fails(_));
        if runs == Some(true) && !decided {
            frame.decided = true;
            frame.exhaustive = true;
        }
        if !frame.live {
            self.dead += 1;
        }
        for (slot, value) in fell.into_iter().chain(first).flatten() {
            self.meet_one(slot, value);
        }
        if !self.is_dead() {
            match when {
                When::Holds(condition) => self.refine(condition, true, scope),
                When::Fails(condition) => self.refine(condition, false, scope),
                When::Is { subject, .. } => self.refine_case(subject, scope),
                When::Maybe | When::Always | When::Otherwise => {}
            }
        }
    }

    /// What happens between a fork and its first way belongs to the way that the fork is in.
    fn hand_down_log(&mut self) {
        let early = match self.frames.last_mut() {
            Some(frame) if !frame.log.is_empty() => std::mem::take(&mut frame.log),
            _ => return,
        };
        let outer = self.frames.len().checked_sub(2);
        if let Some(frame) = outer.and_then(|at| self.frames.get_mut(at)) {
            frame.log.extend(early);
        }
    }

    /// Whether a way is taken, where that is known.
    fn runs(&mut self, when: When) -> Option<bool> {
        match when {
            When::Holds(condition) => self.decide(condition),
            When::Fails(condition) => self.decide(condition).map(|holds| !holds),
            When::Is { subject, cases } => self.is_case(subject, cases),
            When::Maybe | When::Always | When::Otherwise => None,
        }
    }

    fn is_case(&self, subject: NodeId, cases: List) -> Option<bool> {
        let cases = self.code.list(cases);
        if cases.is_empty() || !self.is_steady(subject) {
            return None;
        }
        let subject = self.literal(subject)?;
        let mut any = false;
        for case in cases {
            any |= self.literal(*case)? == subject;
        }
        Some(any)
    }

    /// Ends the open way and puts everything back as it was at the fork. What it leads on to the
    /// next one is given back.
    fn end_arm(&mut self, falls: bool) -> Option<End> {
        let frame = self.frames.last_mut()?;
        if !frame.is_open {
            return None;
        }
        frame.is_open = false;
        let log = std::mem::take(&mut frame.log);
        let (live, ended) = (frame.live, frame.ended);
        let is_first = frame.first.is_none();
        let end = self.ends_of(log.iter().map(|(slot, _)| *slot).collect());
        for (slot, before) in log.into_iter().rev() {
            self.put_back(slot, before);
        }
        if !live {
            self.dead = self.dead.saturating_sub(1);
        }
        let frame = self.frames.last_mut()?;
        if is_first {
            frame.first = Some(match frame.is_sure {
                true => end.clone(),
                false => End::new(),
            });
        }
        if !live || ended {
            return None;
        }
        if falls {
            return Some(end);
        }
        frame.ends.push(end);
        None
    }

    pub(super) fn close_frames(&mut self, scope: ScopeId) {
        while self.frames.last().is_some_and(|frame| frame.scope == scope) {
            self.meet();
        }
    }

    /// All ways meet.
    fn meet(&mut self) {
        self.end_arm(false);
        let Some(frame) = self.frames.pop() else {
            return;
        };
        if frame.ends.is_empty() && frame.exhaustive {
            // Every way ended before: so does what they are in.
            self.stop();
            return;
        }
        let ways = frame.ends.len() + usize::from(!frame.exhaustive);
        for (slot, count, mut value) in self.join_ends(frame.ends) {
            if count < ways {
                value = match self.now(slot) {
                    // What one way asked says nothing about the others.
                    None if self.is_assumed(slot) => None,
                    before => self.join_known(before, value),
                };
            }
            self.set_now(slot, value);
        }
    }

    /// What variables hold at any of some ends, in how many of them.
    fn join_ends(&mut self, ends: Vec<End>) -> Vec<(Slot, usize, Option<Value>)> {
        let is_one = ends.len() == 1;
        let mut met: Vec<(Slot, usize, Option<Value>)> = Vec::new();
        let mut places: NumberMap<Slot, usize> = NumberMap::default();
        for (slot, value) in ends.into_iter().flatten() {
            let place = places.get(&slot).and_then(|place| met.get_mut(*place));
            match place {
                Some((_, count, other)) => {
                    *count += 1;
                    *other = self.join_known(*other, value);
                }
                None => {
                    // The only end names every variable once.
                    if !is_one {
                        places.insert(slot, met.len());
                    }
                    met.push((slot, 1, value));
                }
            }
        }
        met
    }

    fn meet_one(&mut self, slot: Slot, value: Option<Value>) {
        let joined = self.join_known(self.now(slot), value);
        self.set_now(slot, joined);
    }

    fn join_known(&mut self, a: Option<Value>, b: Option<Value>) -> Option<Value> {
        match (a, b) {
            (Some(a), Some(b)) if a == b => Some(a),
            (Some(a), Some(b)) => Some(self.join(a, b)),
            (one, None) | (None, one) => one,
        }
    }

    fn is_assumed(&self, slot: Slot) -> bool {
        let variable = self.variables.get(&slot);
        variable.is_some_and(|variable| variable.assumed)
    }

    fn now(&self, slot: Slot) -> Option<Value> {
        self.variables.get(&slot).and_then(|variable| variable.now)
    }

    /// Sets what a variable holds here, remembering what was there for the end of this way.
    pub(super) fn set_now(&mut self, slot: Slot, value: Option<Value>) {
        let before = self.now(slot);
        if let Some(frame) = self.frames.last_mut() {
            frame.log.push((slot, before));
        }
        self.put_back(slot, value);
    }

    fn put_back(&mut self, slot: Slot, value: Option<Value>) {
        self.variables
            .entry(slot)
            .or_insert(Variable {
                now: None,
                ever: value.unwrap_or(Value::UNKNOWN),
                serial: 0,
                of: None,
                assumed: false,
            })
            .now = value;
    }
}

#[cfg(test)]
mod tests {
    use crate::model::FileKind;
    use crate::parse::source::value::Clean;
    use crate::parse::source::{Node, Taint, facts};

    /// For every `sink(x)`: `!` where data of a request reaches it, `-` where it never runs, `.` else.
    fn sinks(kind: FileKind, text: &str) -> String {
        let facts = facts(kind, text.as_bytes()).expect("facts");
        let mut shown = String::new();
        for id in facts.code.ids() {
            let Node::Call { callee, .. } = facts.code.node(id) else {
                continue;
            };
            if facts.text(facts.code.span(*callee)) != "sink" {
                continue;
            }
            let value = facts.arguments(id).next().map(|a| facts.value(a.value));
            let is_foreign =
                value.is_some_and(|v| v.taint.overlaps(Taint::REQUEST) && !v.is_constant());
            shown.push(match (facts.is_dead(id), is_foreign) {
                (true, _) => '-',
                (_, true) => '!',
                _ => '.',
            });
        }
        shown
    }

    fn python(body: &str) -> String {
        let lines: Vec<String> = body.lines().map(|line| format!("    {line}\n")).collect();
        let head = "from flask import request\ndef view(other):\n    x = request.args['x']\n";
        sinks(FileKind::Python, &format!("{head}{}", lines.concat()))
    }

    fn script(body: &str) -> String {
        let head = "app.get('/', (req, res) => { let x = req.query.x;";
        sinks(FileKind::JavaScript, &format!("{head} {body} }});"))
    }

    #[test]
    fn a_branch_that_never_runs_says_nothing() {
        assert_eq!(
            python("n = 5\nif n * 2 > 9:\n  sink(x)\nelse:\n  sink(x)"),
            "!-"
        );
        assert_eq!(python("a = x if 1 > 2 else 'c'\nsink(a)"), ".");
        assert_eq!(
            script(
                "switch ('B') { case 'A': sink(x); break; case 'B': sink(x); break; default: sink(x); }"
            ),
            "-!-"
        );
    }

    #[test]
    fn what_a_loop_changes_is_no_constant() {
        assert_eq!(
            python(
                "first = True\nfor i in other:\n  if first:\n    sink(x)\n  else:\n    sink(x)\n  first = False"
            ),
            "!!"
        );
        assert_eq!(
            script("let done = false; on(() => { done = true; }); if (done) { sink(x); }"),
            "!"
        );
    }

    #[test]
    fn both_branches_replace_what_was_there() {
        assert_eq!(
            python("if other:\n  x = 'a'\nelse:\n  x = 'b'\nsink(x)"),
            "."
        );
        assert_eq!(python("if other:\n  x = 'a'\nsink(x)"), "!");
        assert_eq!(
            python("if other:\n  x = 'a'\nelif other:\n  x = 'b'\nelse:\n  return\nsink(x)"),
            "."
        );
    }

    #[test]
    fn a_guard_that_ends_the_function_lets_only_the_good_through() {
        for guard in [
            "if x not in ('a', 'b'):\n  return",
            "if not re.fullmatch('[a-z]+', x):\n  raise ValueError",
            "if not is_allowed(x):\n  abort(404)",
            "assert x in ALLOWED",
            "if not is_md5(x):\n  return",
            "valid = is_md5(x)\nif not other or not valid:\n  return",
            "if not re.match(r'^[a-z.+-]+$', x):\n  return",
            "if not re.match(NAME_REGEX, x):\n  return",
            "name = re.compile(\n  r'^[a-z]+$')\nif not name.match(x):\n  return",
            "while x not in other:\n  raise ValueError",
        ] {
            let expected = if guard.starts_with("while") { "!" } else { "." };
            assert_eq!(python(&format!("{guard}\nsink(x)")), expected, "{guard}");
        }
        for open in [
            "if x not in ('a', 'b'):\n  log(x)",
            "if not re.match(r'^[a-z].+$', x):\n  return",
            "if not re.match(URL_REGEX, x):\n  return",
            "valid = is_md5(x)\nif valid or other:\n  return",
            "NAME_REGEX = re.compile(r'^[a-z]+')\nif not NAME_REGEX.match(x):\n  return",
        ] {
            assert_eq!(python(&format!("{open}\nsink(x)")), "!", "{open}");
        }
        assert_eq!(
            script("if (!ALLOWED.includes(x)) { return; } sink(x);"),
            "."
        );
        assert_eq!(
            script("if (!/^[a-z]+$/.test(x)) throw new Error(); sink(x);"),
            "."
        );
    }

    /// For `sink(x)` after a call of somebody else's function: whether a path, or an address, is
    /// still to be checked.
    fn open_after(call: &str) -> (bool, bool) {
        let text = format!(
            "from flask import request\ndef view():\n    x = request.args['x']\n    {call}\n    sink(x)\n"
        );
        let facts = facts(FileKind::Python, text.as_bytes()).expect("facts");
        let sink = facts.code.ids().find(|id| {
            matches!(facts.code.node(*id), Node::Call { callee, .. }
                if facts.text(facts.code.span(*callee)) == "sink")
        });
        let value = sink.and_then(|id| facts.arguments(id).next());
        let value = value
            .map(|argument| facts.value(argument.value))
            .expect("x");
        (
            !value.clean.covers(Clean::PATH),
            !value.clean.covers(Clean::URL),
        )
    }

    #[test]
    fn who_comes_back_from_a_demand_may_go_on() {
        for (call, open) in [
            ("tools.validate_path(x)", (false, true)),
            ("check_file_path(x)", (false, true)),
            ("self._ensure_within_root(x)", (false, true)),
            ("verify_url(x)", (true, false)),
            ("ensure_safe_url(x)", (true, false)),
            ("reject_private_ips(x)", (true, false)),
            ("ensure_path(x)", (true, true)),
            ("check_path_exists(x)", (true, true)),
            ("check(x)", (true, true)),
            ("checkout_path(x)", (true, true)),
            ("validate_name(x)", (true, true)),
        ] {
            assert_eq!(open_after(call), open, "{call}");
        }
    }

    #[test]
    fn what_the_program_has_an_element_for_is_its_own() {
        let found = "const p = PLANS.find((p) => p.id === x);";
        let guard = "if (!p) { return; } sink(x);";
        assert_eq!(script(&format!("{found} {guard}")), ".");
        assert_eq!(script(&format!("{found} sink(x);")), "!");
        assert_eq!(
            script("if (PLANS.some((p) => p.id === x)) { sink(x); } sink(x);"),
            ".!"
        );
        for other in [
            "const p = PLANS.find((p) => p.id !== x);",
            "const p = PLANS.find((p) => p.id === x || p.all);",
            "const p = req.body.plans.find((p) => p.id === x);",
            "const p = PLANS.find((p) => p.id === x.id);",
        ] {
            assert_eq!(script(&format!("{other} {guard}")), "!", "{other}");
        }
        assert_eq!(
            script("if (x === product.image) { sink(x); } else { sink(x); }"),
            ".!"
        );
    }

    #[test]
    fn a_function_that_is_given_a_request_has_another_of_its_own() {
        let body = "{ sink(this.request.url); }";
        let of = |head: &str| {
            sinks(
                FileKind::JavaScript,
                &format!("class E {{ {head} {body} }}"),
            )
        };
        assert_eq!(of("matches(request)"), ".");
        assert_eq!(of("matches(next)"), "!");
    }

    #[test]
    fn a_module_that_is_imported_as_request_sends_some() {
        let of = |head: &str| {
            let text = format!("{head}\nasync function f() {{ sink(request.body); }}");
            sinks(FileKind::JavaScript, &text)
        };
        assert_eq!(of("import request from 'request';"), ".");
        assert_eq!(of("import request from '../lib/request.js';"), ".");
        assert_eq!(of("const request = require('got');"), ".");
        assert_eq!(of("const request = ctx.request;"), "!");
        assert_eq!(of(""), "!");
    }

    #[test]
    fn what_one_way_asked_about_a_field_is_forgotten_where_ways_meet() {
        let view = |body: &str| {
            let text = format!("app.get('/', (req, res) => {{ {body} }});");
            sinks(FileKind::JavaScript, &text)
        };
        assert_eq!(
            view("if (ALLOWED.includes(req.query.a)) { sink(req.query.a); } sink(req.query.a);"),
            ".!"
        );
        assert_eq!(
            view("if (!ALLOWED.includes(req.query.a)) { return; } sink(req.query.a);"),
            "."
        );
    }

    #[test]
    fn handlers_begin_anywhere_within_what_they_guard() {
        assert_eq!(
            python("try:\n  x = clean()\nexcept ValueError:\n  sink(x)\nsink(x)"),
            "!!"
        );
        assert_eq!(
            python("try:\n  x = clean()\nexcept ValueError:\n  return\nsink(x)"),
            "."
        );
    }

    #[test]
    fn lists_that_both_ways_fill_are_told_apart_by_position() {
        let both = "a = []\nif other:\n  a.append('sh')\nelse:\n  a.append('bash')\na.append(x)";
        assert_eq!(python(&format!("{both}\nsink(a[0])\nsink(a[1])")), ".!");
        let one = "a = []\nif other:\n  a.append('sh')\na.append(x)";
        assert_eq!(python(&format!("{one}\nsink(a[0])\nsink(a[1])")), "!!");
    }

    #[test]
    fn helpers_hand_on_what_they_get() {
        let text = "from flask import request\ndef run(c):\n  sink(c)\ndef same(v):\n  return v\ndef safe(v):\n  return 'x'\n\
                    def view():\n  x = request.args['x']\n  run(x)\n  sink(same(x))\n  sink(safe(x))\n";
        assert_eq!(sinks(FileKind::Python, text), "!!.");
        let text = "from flask import request\ndef run(a, *rest, last=None):\n  sink(rest)\n  sink(last)\n\
                    def view():\n  run(1, 2, 3, request.args['x'])\n  run(1, last=request.args['x'])\n";
        assert_eq!(sinks(FileKind::Python, text), "!!");
        let text = text.replace("last=request", "last=other");
        assert_eq!(sinks(FileKind::Python, &text), "!.");
    }

    #[test]
    fn deep_branches_cost_no_time() {
        let mut text = String::from("def f(x):\n");
        for depth in 1..90 {
            text += &format!(
                "{}if x:\n{}a = b\n",
                " ".repeat(depth),
                " ".repeat(depth + 1)
            );
        }
        let chain = format!(
            "if (a) b = 1; {}",
            "else if (c) { b = 2; d = b; } ".repeat(20_000)
        );
        let nested = format!("{} b = 1;", "if (a) {".repeat(20_000));
        let _ = facts(FileKind::Python, text.as_bytes());
        let _ = facts(FileKind::JavaScript, chain.as_bytes());
        let _ = facts(FileKind::JavaScript, nested.as_bytes());
        let grows = format!(
            "s = ''\nl = []\n{}",
            "s += 'abcdefgh' + x\nl.append(s)\n".repeat(20_000)
        );
        let _ = facts(FileKind::Python, grows.as_bytes());
    }
}
