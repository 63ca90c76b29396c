//! Where a text comes from, followed backwards along the path on which its function is reached.

use rustc_hash::FxHashSet;

use super::Program;
use super::edges::{Edge, How};
use super::index::Fun;
use super::regexes::argument;
use crate::facts::{Arg, Call, CallId, Expr, ExprId, FileFacts, FnId};
use crate::finding::Lane;
use crate::knowledge::{Deed, Platform};
use crate::redos::{Source, Texts};
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
/// Beyond the entry.
const NOWHERE: usize = usize::MAX;
/// Most calls whose results are followed into the functions that give them.
const MAX_RESULTS: usize = 24;
/// Longest piece that a literal bound cuts off and that still counts as short.
const SHORT: u32 = 2_000;

impl Program<'_> {
    /// Where an expression in `fun` comes from, by the path on which `fun` is reached, and what that lets it hold.
    pub fn origin(&self, file: FileId, expr: ExprId, fun: Fun) -> (Origin, Texts) {
        let Some(reach) = self.reach(fun) else { return (Origin::Unknown, Texts::default()) };
        // The functions of the path, innermost first, each with the edge that led to it.
        let mut path = vec![Frame { fun, via: reach.via.map(|(edge, _)| edge), outer: NOWHERE }];
        let mut at = reach;
        while let Some((_, before)) = at.via {
            at = self.before(before);
            let here = path.len();
            path[here - 1].outer = here;
            path.push(Frame { fun: at.function, via: at.via.map(|(edge, _)| edge), outer: NOWHERE });
        }
        let mut follow = Follow {
            program: self,
            depth: path.len(),
            path,
            lane: reach.lane,
            seen: FxHashSet::default(),
            todo: vec![At { file, expr, level: 0, part: Part::default() }],
            origin: Origin::Constant,
            texts: Texts::default(),
        };
        while let Some(at) = follow.todo.pop() {
            if follow.origin == Origin::Request {
                break;
            }
            if follow.seen.len() > MAX_STEPS {
                return (Origin::Unknown, Texts::default());
            }
            if follow.seen.insert((at.file, at.expr, at.level)) {
                follow.step(at);
            }
        }
        (follow.origin, follow.texts)
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

/// A function that an expression is seen from.
#[derive(Clone, Copy)]
struct Frame {
    fun: Fun,
    /// The edge by which it was called.
    via: Option<u32>,
    /// The frame of its caller.
    outer: usize,
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
    /// Something was added to it.
    mixed: bool,
    /// What it can still hold after what was done to it.
    texts: Texts,
}

struct Follow<'p, 'a> {
    program: &'p Program<'a>,
    /// The functions of the path, innermost first, and then those whose results are followed.
    path: Vec<Frame>,
    /// How many are of the path.
    depth: usize,
    lane: Lane,
    seen: FxHashSet<(FileId, ExprId, usize)>,
    todo: Vec<At>,
    origin: Origin,
    texts: Texts,
}

impl Follow<'_, '_> {
    fn found(&mut self, origin: Origin) {
        self.origin = self.origin.max(origin);
    }

    fn found_request(&mut self, part: Part) {
        self.found(if self.lane >= Lane::Message { Origin::Request } else { Origin::Unknown });
        let source = match part.source {
            Source::Any => Source::Any,
            _ if part.decoded => Source::Decoded,
            source => source,
        };
        let sent = Texts::from(source);
        self.texts = if part.cut { sent.pieces() } else { sent }.and(part.texts);
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
        if self.is_typed_request(file, expr) {
            return self.found_request(part);
        }
        match facts.expr(expr) {
            Expr::Text(_) => {}
            Expr::Number(_) | Expr::Boolean(_) | Expr::Null | Expr::Regex(_) | Expr::Cut(_) => {
                self.found(Origin::Short);
            }
            Expr::Joined(range) => {
                // What is put together is no longer what was sent.
                let part = Part { cut: true, mixed: true, ..part };
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
                let part = self.member_part(file, object, name, part);
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
    fn member_part(&self, file: FileId, object: ExprId, name: &str, part: Part) -> Part {
        if self.is(file, Deed::HoldsHeaders, name) {
            return Part { source: Source::Header, ..part };
        }
        if self.is(file, Deed::HoldsAddress, name) {
            return Part { source: Source::Address, ..part };
        }
        let decodes = self.is(file, Deed::Decodes, name);
        // `request.body.url` is none of the request's own.
        let source = match self.is(file, Deed::IsRequest, name) {
            true => part.source,
            false if decodes && self.is_request_itself(file, object) => Source::Address,
            false => Source::Any,
        };
        Part { source, decoded: part.decoded || decodes, ..part }
    }

    fn is_typed_request(&self, file: FileId, expr: ExprId) -> bool {
        let is_request = |name: &str| {
            let last = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
            last.ends_with("request") || last == "incomingmessage" || last == "httprequest"
        };
        self.program.world.known_values(file, expr).iter().any(|(name, _)| is_request(name))
    }

    /// Whether an expression is the request, by its type or its name.
    fn is_request_itself(&self, file: FileId, expr: ExprId) -> bool {
        let facts = self.program.facts(file);
        let name = match facts.expr(expr) {
            Expr::Member { name, .. } | Expr::Name { name, .. } => Some(name),
            Expr::Param { function, index } => {
                let params = facts.functions[function.index()].params.of(&facts.params);
                params.get(index as usize).and_then(|param| param.name)
            }
            _ => None,
        };
        name.is_some_and(|name| self.is(file, Deed::IsRequest, facts.name(name))) || self.is_typed_request(file, expr)
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
        let part = self.called_part(at.part, file, name, args);
        if let Some(text) = self.matched_text(file, &call) {
            let part = Part { mixed: true, ..part };
            return self.todo.push(At { expr: text, part, ..at });
        }
        if self.results(at, id, part) {
            return;
        }
        if self.is(file, Deed::Decodes, name) || self.is(file, Deed::PassesText, name) {
            self.todo.extend(args.iter().map(|arg| At { expr: arg.value, part, ..at }));
        } else if object.is_none() {
            self.found(Origin::Unknown);
        }
        // `request.headers.get(…)`, `request.header(…)` and Express's `request.get(…)` give a header whole.
        let is_headers = |object: ExprId| match facts.expr(object) {
            Expr::Member { name, .. } => self.is(file, Deed::HoldsHeaders, facts.name(name)),
            _ => false,
        };
        let is_express =
            |object: ExprId| self.program.platform(file) == Platform::Node && self.is_request_itself(file, object);
        let gives_header = self.is(file, Deed::HoldsHeaders, name) || name == "get" && object.is_some_and(is_express);
        let is_whole = gives_header || name == "get" && object.is_some_and(is_headers);
        let part = Part { cut: if is_whole { at.part.cut } else { true }, ..part };
        let part = if gives_header { Part { source: Source::Header, ..part } } else { part };
        self.todo.extend(object.map(|object| At { expr: object, part, ..at }));
    }

    /// What a call makes of its receiver or argument, by its name.
    fn called_part(&self, part: Part, file: FileId, name: &str, args: &[Arg]) -> Part {
        let facts = self.program.facts(file);
        let piece = Part { cut: true, ..part };
        if self.is(file, Deed::Decodes, name) {
            return Part { decoded: true, mixed: true, ..piece };
        }
        if self.is(file, Deed::Splits, name) {
            let mut separators = match args {
                [only] => match facts.expr(only.value) {
                    Expr::Text(name) => facts.name(name).chars(),
                    _ => "".chars(),
                },
                _ => "".chars(),
            };
            return match (separators.next(), separators.next()) {
                (Some(one), None) if !part.mixed => Part { texts: part.texts.without(one), ..piece },
                _ => piece,
            };
        }
        if self.is(file, Deed::Trims, name) && args.is_empty() {
            let texts = if part.cut || part.mixed { part.texts } else { part.texts.trimmed() };
            return Part { texts, ..piece };
        }
        Part { mixed: part.mixed || !self.is(file, Deed::Cuts, name), ..piece }
    }

    /// The text that a call asks a pattern of, if that is an argument: `re.search(pattern, text)`.
    fn matched_text(&self, file: FileId, call: &Call) -> Option<ExprId> {
        let facts = self.program.facts(file);
        self.program.world.known_values(file, call.callee).iter().find_map(|(_, row)| {
            let regex = row.as_ref()?.regex.as_ref()?;
            regex.asks?;
            argument(facts, call, regex.text.as_ref()?)
        })
    }

    /// Follows what the functions of the program return that a call gets to. Whether there are any.
    fn results(&mut self, at: At, id: CallId, part: Part) -> bool {
        let program = self.program;
        let from = program.function_of(at.file, id);
        let first = program.edges.partition_point(|edge| edge.from < from);
        let mut found = false;
        for (index, edge) in program.edges_from(from).iter().enumerate() {
            if edge.call != Some(id) || edge.how != How::Calls {
                continue;
            }
            if self.path.len() >= self.depth + MAX_RESULTS {
                self.found(Origin::Unknown);
                return true;
            }
            found = true;
            let (file, function) = program.function(edge.to);
            let facts = program.facts(file);
            let level = self.path.len();
            self.path.push(Frame { fun: edge.to, via: Some((first + index) as u32), outer: at.level });
            let returns = function.returns.of(&facts.lists);
            if returns.is_empty() {
                self.found(Origin::Unknown);
            }
            self.todo.extend(returns.iter().map(|&expr| At { file, expr, level, part }));
        }
        found
    }

    fn param(&mut self, at: At, function: FnId, index: u32) {
        let At { file, level, part, .. } = at;
        let program = self.program;
        let fun = program.world.index.fun(file, function);
        let facts = program.facts(file);
        let mut here = self.path.get(level);
        while let Some(frame) = here.filter(|frame| frame.fun != fun) {
            here = self.path.get(frame.outer);
        }
        // Else it is of a function around it that is not on the path.
        let Some(frame) = here.copied() else { return self.found(Origin::Unknown) };
        let Some(via) = frame.via else {
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
        let outer = frame.outer;
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
                    self.todo.push(At { file: edge.at.file, expr, level: NOWHERE, part });
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
