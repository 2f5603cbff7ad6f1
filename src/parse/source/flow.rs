//! Which way control takes, and what values are where ways meet.

use std::collections::HashMap;

use super::code::{Flow, Fork, From, List, NodeId, ScopeId, When};
use super::eval::{Pass, Slot, Variable};
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
    /// The end of the first way, for those that begin within it.
    first: Option<End>,
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
            frame.first = Some(end.clone());
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
        let mut order = Vec::new();
        let mut met: HashMap<Slot, (usize, Option<Value>)> = HashMap::new();
        for (slot, value) in frame.ends.into_iter().flatten() {
            match met.get(&slot).copied() {
                None => {
                    order.push(slot);
                    met.insert(slot, (1, value));
                }
                Some((count, other)) => {
                    let joined = self.join_known(other, value);
                    met.insert(slot, (count + 1, joined));
                }
            }
        }
        for slot in order {
            let Some((count, mut value)) = met.get(&slot).copied() else {
                continue;
            };
            if count < ways {
                value = self.join_known(self.now(slot), value);
            }
            self.set_now(slot, value);
        }
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
            })
            .now = value;
    }
}
