//! Where a text comes from, followed backwards along the path on which its function is reached.

use rustc_hash::FxHashSet;

use super::Program;
use super::edges::{Edge, How};
use super::index::Fun;
use crate::facts::{Arg, Call, CallId, Expr, ExprId, FileFacts, FnId};
use crate::finding::Lane;
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

/// Members of a request that hold no more than a word.
const WORDS: &[&str] =
    &["httpVersion", "ip", "length", "method", "port", "protocol", "scheme", "size", "status", "statusCode"];
/// Members of `this` and `self` by which a handler gets at its request.
const REQUESTS: &[&str] = &["body", "ctx", "event", "params", "query", "req", "request"];
/// Parameters of handlers that are no input.
const NO_INPUT: &[&str] =
    &["app", "cb", "conn", "db", "done", "h", "next", "reply", "res", "response", "self", "service", "session", "ws"];
/// Methods whose result is short whatever they are called on.
const SHORTENING: &[&str] = &["getTime", "isoformat", "toFixed", "toISOString", "hexdigest", "strftime"];
/// Methods that cut off a piece: its end is their second argument.
const CUTTING: &[&str] = &["slice", "substr", "substring"];
/// Functions that give back what they are passed, in another form.
const PASSING: &[&str] = &[
    "String",
    "basename",
    "bytes",
    "decodeURI",
    "decodeURIComponent",
    "dirname",
    "escape",
    "from",
    "join",
    "loads",
    "normalize",
    "parse",
    "resolve",
    "str",
    "toString",
    "trim",
    "unescape",
    "unquote",
    "unquote_plus",
    "urlparse",
    "urlsplit",
];
/// Calls of a function with each element of what they are called on.
const EACH: &[&str] = &["every", "filter", "find", "findIndex", "flatMap", "forEach", "map", "reduce", "some", "then"];

impl Program<'_> {
    /// Where an expression in `fun` comes from, by the path on which `fun` is reached.
    pub fn origin(&self, file: FileId, expr: ExprId, fun: Fun) -> Origin {
        let Some(reach) = self.reach(fun) else { return Origin::Unknown };
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
            todo: vec![(file, expr, 0)],
            origin: Origin::Constant,
        };
        while let Some((file, expr, level)) = follow.todo.pop() {
            if follow.origin == Origin::Request {
                break;
            }
            if follow.seen.len() > MAX_STEPS {
                return Origin::Unknown;
            }
            if follow.seen.insert((file, expr, level)) {
                follow.step(file, expr, level);
            }
        }
        follow.origin
    }
}

struct Follow<'p, 'a> {
    program: &'p Program<'a>,
    path: Vec<(Fun, Option<u32>)>,
    lane: Lane,
    seen: FxHashSet<(FileId, ExprId, usize)>,
    /// Expressions, each with the function of the path that it is seen from.
    todo: Vec<(FileId, ExprId, usize)>,
    origin: Origin,
}

impl Follow<'_, '_> {
    fn found(&mut self, origin: Origin) {
        self.origin = self.origin.max(origin);
    }

    fn found_request(&mut self) {
        self.found(if self.lane >= Lane::Message { Origin::Request } else { Origin::Unknown });
    }

    fn step(&mut self, file: FileId, expr: ExprId, level: usize) {
        let facts = self.program.facts(file);
        if facts.measured.iter().any(|(_, measured)| *measured == expr) {
            return self.found(Origin::Short);
        }
        let is_request = |name: &str| {
            let last = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
            last.ends_with("request") || last == "incomingmessage" || last == "httprequest"
        };
        if self.program.world.known_values(file, expr).iter().any(|(name, _)| is_request(name)) {
            return self.found_request();
        }
        match facts.expr(expr) {
            Expr::Text(_) => {}
            Expr::Number(_) | Expr::Boolean(_) | Expr::Null | Expr::Regex(_) | Expr::Cut(_) => {
                self.found(Origin::Short);
            }
            Expr::Joined(range) => self.todo.extend(range.of(&facts.lists).iter().map(|part| (file, *part, level))),
            Expr::Element(of) | Expr::Entered(of) => self.todo.push((file, of, level)),
            Expr::Either(left, right) => self.todo.extend([(file, left, level), (file, right, level)]),
            Expr::Name { name, scope } => {
                let world = &self.program.world;
                let name = world.index.sym(file, name);
                let bound =
                    world.scope_of(file, scope, name).map(|scope| world.index.files[file.index()].bound(scope, name));
                let Some(bound) = bound else { return self.found(Origin::Unknown) };
                self.todo.extend(bound.iter().take(MAX_BINDINGS).map(|(_, _, value)| (file, *value, level)));
            }
            Expr::Param { function, index } => self.param(file, function, index, level),
            Expr::Member { object, name } => {
                let name = facts.name(name);
                match facts.expr(object) {
                    _ if WORDS.contains(&name) => self.found(Origin::Short),
                    Expr::This { .. } if REQUESTS.contains(&name) => self.found_request(),
                    _ if REQUESTS.contains(&name) && self.is_self(file, object) => self.found_request(),
                    _ => self.todo.push((file, object, level)),
                }
            }
            Expr::Call(call) => self.call(file, call, level),
            _ => self.found(Origin::Unknown),
        }
    }

    /// Whether a name is the first parameter of a Python method.
    fn is_self(&self, file: FileId, object: ExprId) -> bool {
        let facts = self.program.facts(file);
        self.program
            .world
            .parameter(file, object)
            .is_some_and(|(function, index)| index == 0 && facts.functions[function.index()].class.is_some())
    }

    fn call(&mut self, file: FileId, id: CallId, level: usize) {
        let facts = self.program.facts(file);
        let call = facts.calls[id.index()];
        let args = call.args.of(&facts.args);
        let (object, name) = match facts.expr(call.callee) {
            Expr::Member { object, name } => (Some(object), facts.name(name)),
            Expr::Name { name, .. } => (None, facts.name(name)),
            _ => return self.found(Origin::Unknown),
        };
        if SHORTENING.contains(&name) || CUTTING.contains(&name) && is_cut(facts, args) {
            return self.found(Origin::Short);
        }
        if PASSING.contains(&name) {
            self.todo.extend(args.iter().map(|arg| (file, arg.value, level)));
        } else if object.is_none() {
            self.found(Origin::Unknown);
        }
        self.todo.extend(object.map(|object| (file, object, level)));
    }

    fn param(&mut self, file: FileId, function: FnId, index: u32, level: usize) {
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
            if self.registering(fun, function, index) {
                return;
            }
            let param = facts.functions[function.index()].params.of(&facts.params).get(index as usize).copied();
            let name = param.and_then(|param| param.name).map(|name| facts.name(name));
            // What is injected: `db = Depends(get_db)`.
            let is_injected = param
                .and_then(|param| param.default)
                .is_some_and(|default| matches!(facts.expr(default), Expr::Call(_)));
            let is_input = !is_injected && !name.is_some_and(|name| NO_INPUT.contains(&name));
            return if is_input { self.found_request() } else { self.found(Origin::Unknown) };
        };
        let edge = program.edges[via as usize];
        let caller = program.facts(edge.at.file);
        let Some(call) = caller.calls.iter().find(|call| call.at == edge.at.start) else {
            return self.found(Origin::Unknown);
        };
        let outer = here.map_or(level, |here| here + 1);
        match edge.how {
            How::Calls | How::Constructs => match self.passed_on(edge, fun, function, index) {
                Some(value) => self.todo.push((edge.at.file, value, outer)),
                None => self.found(Origin::Unknown),
            },
            How::Passes => match caller.expr(call.callee) {
                Expr::Member { object, name } if EACH.contains(&caller.name(name)) => {
                    self.todo.push((edge.at.file, object, outer));
                }
                _ => self.found(Origin::Unknown),
            },
            How::Reads | How::Implies => self.found(Origin::Unknown),
        }
    }

    /// A wrapper is called in the call that registers it, `app.get("/", cache("5 minutes"), …)`: what it
    /// takes is written there. Whether it is one.
    fn registering(&mut self, fun: Fun, function: FnId, index: u32) -> bool {
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
                if let Some(value) = self.passed_on(*edge, fun, function, index) {
                    self.todo.push((edge.at.file, value, self.path.len()));
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
