//! What is known of variables, in layers: a build stage has its own above those it stands on.

use std::collections::HashMap;
use std::rc::Rc;

/// Most layers that are looked through.
const LAYERS: usize = 64;

/// What shell variables are known to hold; `None` after an assignment that cannot be followed.
pub type Variables = Layers<Option<String>>;

/// What names stand for. A layer below is shared, not copied: a file may hold thousands of
/// variables and as many texts that see them.
#[derive(Clone, Debug, Default)]
pub struct Layers<V> {
    own: HashMap<String, V>,
    below: Option<Rc<Self>>,
    layers: usize,
}

impl<V: Default> Layers<V> {
    /// A layer without names of its own.
    pub fn above(below: &Rc<Self>) -> Self {
        if below.layers == LAYERS {
            return Self::default();
        }
        Self {
            own: HashMap::new(),
            below: Some(Rc::clone(below)),
            layers: below.layers + 1,
        }
    }

    pub fn get(&self, name: &str) -> Option<&V> {
        let mut layer = self;
        loop {
            if let Some(value) = layer.own.get(name) {
                return Some(value);
            }
            layer = layer.below.as_deref()?;
        }
    }

    pub fn set(&mut self, name: String, value: V) {
        self.own.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::{LAYERS, Variables};
    use std::rc::Rc;

    #[test]
    fn the_upper_layer_hides_what_is_below() {
        let mut below = Variables::default();
        below.set("a".into(), Some("1".into()));
        below.set("b".into(), Some("2".into()));
        let mut upper = Variables::above(&Rc::new(below));
        upper.set("b".into(), None);
        assert_eq!(upper.get("a"), Some(&Some("1".into())));
        assert_eq!(upper.get("b"), Some(&None));
    }

    #[test]
    fn layers_end() {
        let mut top = Variables::default();
        top.set("a".into(), Some("1".into()));
        for layer in 0..=LAYERS {
            assert!(top.get("a").is_some(), "{layer}");
            top = Variables::above(&Rc::new(top));
        }
        assert!(top.get("a").is_none());
    }
}
