//! As much of HCL as bake files need: blocks, and attributes whose values are texts, lists or
//! objects of texts. What is more than that is passed over, not understood.

use std::iter::Peekable;
use std::str::CharIndices;

use crate::model::Span;

/// `target "web" { ... }`.
#[derive(Clone, Debug, Default)]
pub struct Block {
    pub kind: String,
    pub label: String,
    pub attributes: Vec<Attribute>,
}

#[derive(Clone, Debug)]
pub struct Attribute {
    pub name: String,
    pub value: Value,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// As written, `${...}` included.
    Text(String, Span),
    List(Vec<Value>),
    Object(Vec<(String, Value)>),
    /// An expression, a number, a truth value.
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String, Span),
    Mark(char),
    Line,
}

/// Deepest brackets that are looked into.
const DEEPEST: usize = 8;

pub fn blocks(text: &str) -> Vec<Block> {
    let tokens = tokens(text);
    let mut reader = Reader {
        tokens: &tokens,
        at: 0,
    };
    let mut blocks = Vec::new();
    while let Some(token) = reader.next() {
        let Token::Word(kind) = token else {
            continue;
        };
        let label = match reader.peek() {
            Some(Token::Text(label, _)) => label.clone(),
            Some(Token::Mark('{')) => String::new(),
            _ => continue,
        };
        if !label.is_empty() {
            reader.at += 1;
        }
        if reader.peek() == Some(&Token::Mark('{')) {
            reader.at += 1;
            blocks.push(Block {
                kind: kind.clone(),
                label,
                attributes: reader.attributes(),
            });
        }
    }
    blocks
}

struct Reader<'t> {
    tokens: &'t [Token],
    at: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Option<&'t Token> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token)
    }

    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    /// Up to the brace that closes the block; blocks inside are passed over.
    fn attributes(&mut self) -> Vec<Attribute> {
        let mut attributes = Vec::new();
        let mut depth = 0usize;
        while let Some(token) = self.next() {
            match token {
                Token::Mark('{') => depth += 1,
                Token::Mark('}') if depth == 0 => break,
                Token::Mark('}') => depth -= 1,
                Token::Word(name) if depth == 0 && self.peek() == Some(&Token::Mark('=')) => {
                    self.at += 1;
                    let value = self.value(0);
                    attributes.push(Attribute {
                        name: name.clone(),
                        value,
                    });
                }
                _ => {}
            }
        }
        attributes
    }

    /// A value, and with it everything up to where the next one may begin.
    fn value(&mut self, depth: usize) -> Value {
        if depth > DEEPEST {
            return Value::Other;
        }
        let value = match self.next() {
            Some(Token::Text(text, span)) => Value::Text(text.clone(), *span),
            Some(Token::Mark('[')) => return self.list(depth),
            Some(Token::Mark('{')) => return self.object(depth),
            _ => Value::Other,
        };
        // Something is done with it: only the builder knows the outcome.
        let mut simple = true;
        let mut inside = 0usize;
        while let Some(token) = self.peek() {
            match token {
                Token::Line | Token::Mark(',' | ']' | '}') if inside == 0 => break,
                Token::Mark('(' | '[' | '{') => inside += 1,
                Token::Mark(')' | ']' | '}') => inside = inside.saturating_sub(1),
                _ => {}
            }
            simple = false;
            self.at += 1;
        }
        if simple { value } else { Value::Other }
    }

    fn list(&mut self, depth: usize) -> Value {
        let mut items = Vec::new();
        loop {
            match self.peek() {
                None => break,
                Some(Token::Mark(']')) => {
                    self.at += 1;
                    break;
                }
                Some(Token::Line | Token::Mark(',')) => self.at += 1,
                Some(_) => {
                    let before = self.at;
                    items.push(self.value(depth + 1));
                    self.at = self.at.max(before + 1);
                }
            }
        }
        Value::List(items)
    }

    fn object(&mut self, depth: usize) -> Value {
        let mut pairs = Vec::new();
        loop {
            match self.next() {
                None | Some(Token::Mark('}')) => break,
                Some(Token::Word(name) | Token::Text(name, _))
                    if matches!(self.peek(), Some(Token::Mark('=' | ':'))) =>
                {
                    self.at += 1;
                    pairs.push((name.clone(), self.value(depth + 1)));
                }
                Some(_) => {}
            }
        }
        Value::Object(pairs)
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\n' => tokens.push(Token::Line),
            '#' => skip_line(&mut chars),
            '/' if chars.peek().is_some_and(|(_, c)| *c == '/') => skip_line(&mut chars),
            '/' if chars.peek().is_some_and(|(_, c)| *c == '*') => {
                let mut last = ' ';
                for (_, c) in chars.by_ref().skip(1) {
                    if last == '*' && c == '/' {
                        break;
                    }
                    last = c;
                }
            }
            '"' => {
                let mut value = String::new();
                let mut end = at + 1;
                while let Some((here, c)) = chars.next() {
                    end = here + c.len_utf8();
                    match c {
                        '"' | '\n' => break,
                        '\\' => value.extend(chars.next().map(|(_, c)| c)),
                        c => value.push(c),
                    }
                }
                tokens.push(Token::Text(value, Span::from_usize(at, end)));
            }
            c if c.is_alphanumeric() || c == '_' => {
                let mut word = String::from(c);
                while let Some((_, c)) =
                    chars.next_if(|(_, c)| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
                {
                    word.push(c);
                }
                tokens.push(Token::Word(word));
            }
            c if c.is_whitespace() => {}
            c => tokens.push(Token::Mark(c)),
        }
    }
    tokens
}

fn skip_line(chars: &mut Peekable<CharIndices<'_>>) {
    while chars.next_if(|(_, c)| *c != '\n').is_some() {}
}
