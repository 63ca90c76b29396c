//! Where a text comes from, followed backwards along the path on which its function is reached.

use rustc_hash::FxHashSet;

use super::Program;
use super::edges::{Edge, How};
use super::index::Fun;
use crate::facts::{Arg, Call, CallId, Expr, ExprId, FileFacts, FnId};
use crate::finding::Lane;
use crate::knowledge::{Deed, Platform};
use crate::redos::Source;
use crate::source::FileId;

/// Where a text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// It is written in the program.
    Constant,
    /// It is a number or a word, or somebody has looked at its length.
    Short,
    /// From where it cannot be seen.
    Unknown,
    /// Out of the request or message that the path begins with.
    Request,
}

/// Most expressions that are looked at.
const MAX_STEPS: usize = 300;
/// Most values of one name that are followed.
const MAX_BINDINGS: usize = 8;
/// Longest piece that a literal bound cuts off and that still counts as short.
const SHORT: u32 = 2_000;

impl Program<'_> {
    /// Where an expression in `fun` comes from, by the path on which `fun` is reached, and what that lets it hold.
    pub fn origin(&self, file: FileId, expr: ExprId, fun: Fun) -> (Origin, Source) {
        let Some(reach) = self.reach(fun) else { return (Origin::Unknown, Source::Any) };
        // The functions of the path, innermost first, each with the edge that led to it.
        let mut path = vec![(fun, reach.via.map(|(edge, _)| edge))];
        let mut at = reach;
        while let Some((_, before)) = at.via {
            at = self.before(before);
            path.push((at.function, at.via.map(|(edge, _)| edge)));
        }
        let mut follow = Follow {
            program: self,
            path,
            lane: reach.lane,
            seen: FxHashSet::default(),
            todo: vec![At { file, expr, level: 0, part: Part::default() }],
            origin: Origin::Constant,
            source: Source::Any,
        };
        while let Some(at) = follow.todo.pop() {
            if follow.origin == Origin::Request {
                break;
            }
            if follow.seen.len() > MAX_STEPS {
                return (Origin::Unknown, Source::Any);
            }
            if follow.seen.insert((at.file, at.expr, at.level)) {
                follow.step(at);
            }
        }
        (follow.origin, follow.source)
    }
}

/// An expression, with the function of the path that it is seen from and what has been seen of it on the way.
#[derive(Clone, Copy)]
struct At {
    file: FileId,
    expr: ExprId,
    level: usize,
    part: Part,
}

/// Which part of a request a text is, as far as was seen on the way backwards.
#[derive(Clone, Copy, Default)]
struct Part {
    /// What the member of the request says.
    source: Source,
    /// It was decoded afterwards, so that it can hold anything.
    decoded: bool,
    /// It is a piece of what was sent.
    cut: bool,
}

struct Follow<'p, 'a> {
    program: &'p Program<'a>,
    path: Vec<(Fun, Option<u32>)>,
    lane: Lane,
    seen: FxHashSet<(FileId, ExprId, usize)>,
    todo: Vec<At>,
    origin: Origin,
    source: Source,
}

impl Follow<'_, '_> {
    fn found(&mut self, origin: Origin) {
        self.origin = self.origin.max(origin);
    }

    fn found_request(&mut self, part: Part) {
        self.found(if self.lane >= Lane::Message { Origin::Request } else { Origin::Unknown });
        self.source = match part.source {
            _ if part.decoded => Source::Any,
            Source::Header if part.cut => Source::HeaderPart,
            source => source,
        };
    }

    fn is(&self, file: FileId, deed: Deed, name: &str) -> bool {
        self.program.is_spelled(file, deed, name)
    }

    fn step(&mut self, at: At) {
        let At { file, expr, level, part } = at;
        let facts = self.program.facts(file);
        if facts.measured.iter().any(|(_, measured)| *measured == expr) {
            return self.found(Origin::Short);
        }
        let is_request = |name: &str| {
            let last = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
            last.ends_with("request") || last == "incomingmessage" || last == "httprequest"
        };
        if self.program.world.known_values(file, expr).iter().any(|(name, _)| is_request(name)) {
            return self.found_request(part);
        }
        match facts.expr(expr) {
            Expr::Text(_) => {}
            Expr::Number(_) | Expr::Boolean(_) | Expr::Null | Expr::Regex(_) | Expr::Cut(_) => {
                self.found(Origin::Short);
            }
            Expr::Joined(range) => {
                // What is put together is no longer what was sent.
                let part = Part { cut: true, ..part };
                self.todo.extend(range.of(&facts.lists).iter().map(|&expr| At { expr, part, ..at }));
            }
            Expr::Element(of) => self.todo.push(At { expr: of, part: Part { cut: true, ..part }, ..at }),
            Expr::Entered(of) => self.todo.push(At { expr: of, ..at }),
            Expr::Either(left, right) => self.todo.extend([At { expr: left, ..at }, At { expr: right, ..at }]),
            Expr::Name { name, scope } => {
                let world = &self.program.world;
                let Some((_, bound)) = world.bound_in(file, scope, name) else { return self.found(Origin::Unknown) };
                self.todo.extend(bound.iter().take(MAX_BINDINGS).map(|(_, _, value)| At { expr: *value, ..at }));
            }
            Expr::Param { function, index } => self.param(at, function, index),
            Expr::Member { object, name } => {
                let name = facts.name(name);
                let part = self.member_part(file, name, part);
                match facts.expr(object) {
                    _ if self.is(file, Deed::HoldsWord, name) => self.found(Origin::Short),
                    Expr::This { .. } if self.is(file, Deed::HoldsRequest, name) => self.found_request(part),
                    _ if self.is(file, Deed::HoldsRequest, name) && self.is_self(file, object) => {
                        self.found_request(part);
                    }
                    _ => self.todo.push(At { expr: object, level, part, ..at }),
                }
            }
            Expr::Call(call) => self.call(at, call),
            _ => self.found(Origin::Unknown),
        }
    }

    /// What is known of a text that is a member, or a member of it: `headers` in `request.headers.accept`.
    fn member_part(&self, file: FileId, name: &str, part: Part) -> Part {
        if self.is(file, Deed::HoldsHeaders, name) {
            return Part { source: Source::Header, ..part };
        }
        if self.is(file, Deed::HoldsAddress, name) {
            return Part { source: Source::Address, ..part };
        }
        // `request.body.url` is none of the request's own.
        let source = if self.is(file, Deed::IsRequest, name) { part.source } else { Source::Any };
        Part { source, decoded: part.decoded || self.is(file, Deed::Decodes, name), ..part }
    }

    /// Whether a name is the first parameter of a Python method.
    fn is_self(&self, file: FileId, object: ExprId) -> bool {
        let facts = self.program.facts(file);
        let is_first = |(function, index): (FnId, u32)| index == 0 && facts.functions[function.index()].class.is_some();
        self.program.platform(file) == Platform::Python
            && self.program.world.parameter(file, object).is_some_and(is_first)
    }

    fn call(&mut self, at: At, id: CallId) {
        let file = at.file;
        let facts = self.program.facts(file);
        let call = facts.calls[id.index()];
        let args = call.args.of(&facts.args);
        let (object, name) = match facts.expr(call.callee) {
            Expr::Member { object, name } => (Some(object), facts.name(name)),
            Expr::Name { name, .. } => (None, facts.name(name)),
            _ => return self.found(Origin::Unknown),
        };
        if self.is(file, Deed::Shortens, name) || self.is(file, Deed::Cuts, name) && is_cut(facts, args) {
            return self.found(Origin::Short);
        }
        let decodes = self.is(file, Deed::Decodes, name);
        let part = Part { cut: true, decoded: at.part.decoded || decodes, ..at.part };
        if decodes || self.is(file, Deed::PassesText, name) {
            self.todo.extend(args.iter().map(|arg| At { expr: arg.value, part, ..at }));
        } else if object.is_none() {
            self.found(Origin::Unknown);
        }
        // `request.headers.get(…)` and `request.header(…)` give a header whole.
        let gives_header = self.is(file, Deed::HoldsHeaders, name);
        let is_header = |object: ExprId| match facts.expr(object) {
            Expr::Member { name, .. } => self.is(file, Deed::HoldsHeaders, facts.name(name)),
            _ => false,
        };
        let is_whole = gives_header || name == "get" && object.is_some_and(is_header);
        let part = Part { cut: if is_whole { at.part.cut } else { true }, ..part };
        let part = if gives_header { Part { source: Source::Header, ..part } } else { part };
        self.todo.extend(object.map(|object| At { expr: object, part, ..at }));
    }

    fn param(&mut self, at: At, function: FnId, index: u32) {
        let At { file, level, part, .. } = at;
        let program = self.program;
        let fun = program.world.index.fun(file, function);
        let facts = program.facts(file);
        let here = self.path[level..].iter().position(|(on_path, _)| *on_path == fun).map(|steps| level + steps);
        let via = match here {
            Some(here) => self.path[here].1,
            // A function around it that is not on the path.
            None => return self.found(Origin::Unknown),
        };
        let Some(via) = via else {
            if self.registering(fun, function, index, part) {
                return;
            }
            let param = facts.functions[function.index()].params.of(&facts.params).get(index as usize).copied();
            let name = param.and_then(|param| param.name).map(|name| facts.name(name));
            // What is injected: `db = Depends(get_db)`.
            let is_injected = param
                .and_then(|param| param.default)
                .is_some_and(|default| matches!(facts.expr(default), Expr::Call(_)));
            let is_input = !is_injected && !name.is_some_and(|name| self.is(file, Deed::BringsNothing, name));
            return if is_input { self.found_request(part) } else { self.found(Origin::Unknown) };
        };
        let edge = program.edges[via as usize];
        let caller = program.facts(edge.at.file);
        let Some(call) = caller.calls.iter().find(|call| call.at == edge.at.start) else {
            return self.found(Origin::Unknown);
        };
        let outer = here.map_or(level, |here| here + 1);
        match edge.how {
            How::Calls | How::Constructs => match self.passed_on(edge, fun, function, index) {
                Some(expr) => self.todo.push(At { file: edge.at.file, expr, level: outer, part }),
                None => self.found(Origin::Unknown),
            },
            How::Passes => match caller.expr(call.callee) {
                Expr::Member { object, name } if self.is(edge.at.file, Deed::HandsOn, caller.name(name)) => {
                    let part = Part { cut: true, ..part };
                    self.todo.push(At { file: edge.at.file, expr: object, level: outer, part });
                }
                _ => self.found(Origin::Unknown),
            },
            How::Reads | How::Implies => self.found(Origin::Unknown),
        }
    }

    /// A wrapper is called in the call that registers it, `app.get("/", cache("5 minutes"), …)`: what it
    /// takes is written there. Whether it is one.
    fn registering(&mut self, fun: Fun, function: FnId, index: u32, part: Part) -> bool {
        let program = self.program;
        let mut is_wrapper = false;
        for entry in program.entries.iter().filter(|entry| entry.function == fun) {
            let inside = |edge: &&Edge| {
                edge.how == How::Calls
                    && edge.at.file == entry.at.file
                    && entry.at.start < edge.at.start
                    && edge.at.end < entry.at.end
            };
            for edge in program.edges_to(fun).filter(inside) {
                is_wrapper = true;
                if let Some(expr) = self.passed_on(*edge, fun, function, index) {
                    self.todo.push(At { file: edge.at.file, expr, level: self.path.len(), part });
                }
            }
        }
        is_wrapper
    }

    /// What a call hands to a parameter of a function.
    fn passed_on(&self, edge: Edge, fun: Fun, function: FnId, index: u32) -> Option<ExprId> {
        let caller = self.program.facts(edge.at.file);
        let call = caller.calls.iter().find(|call| call.at == edge.at.start)?;
        let facts = self.program.facts(self.program.world.function(fun).0);
        let params = facts.functions[function.index()].params.of(&facts.params);
        let name = params.get(index as usize).and_then(|param| param.name);
        let shift = u32::from(self.program.world.has_self(fun));
        passed(caller, call, index.checked_sub(shift), name.map(|name| facts.name(name)))
    }
}

/// The argument that a call passes for a parameter.
fn passed(facts: &FileFacts, call: &Call, position: Option<u32>, name: Option<&str>) -> Option<ExprId> {
    let args = call.args.of(&facts.args);
    let named = args.iter().find(|arg| arg.keyword.is_some() && arg.keyword.map(|keyword| facts.name(keyword)) == name);
    let placed = || args.get(position? as usize).filter(|arg| arg.keyword.is_none() && !arg.spread);
    named.or_else(placed).map(|arg| arg.value)
}

/// Whether the second argument, or for a cut from the end the first, is a small number.
fn is_cut(facts: &FileFacts, args: &[Arg]) -> bool {
    let number = |arg: &Arg| match facts.expr(arg.value) {
        Expr::Number(name) => facts.name(name).trim_start_matches('-').parse::<u32>().ok(),
        _ => None,
    };
    let small = |arg: &Arg| number(arg).is_some_and(|number| number <= SHORT);
    match args {
        [only] => {
            matches!(facts.expr(only.value), Expr::Number(name) if facts.name(name).starts_with('-')) && small(only)
        }
        [_, end, ..] => small(end),
        [] => false,
    }
}
