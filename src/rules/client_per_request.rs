//! A client that is made anew for every request.

use super::made::{depends_on_caller, is_passed_in, keywords, outlives};
use super::sites::{Budget, Done, Site, done, each, finding, short};
use super::{Check, Family, Rule};
use crate::facts::{Arg, Expr, FileFacts};
use crate::finding::{Finding, Lane, Severity, Stall};
use crate::knowledge::{Deed, Platform};
use crate::packages::{Project, Projects};
use crate::program::{Fun, Program};

pub(super) const RULE: Rule = Rule {
    name: "client-per-request",
    summary: "An HTTP client, a connection pool or a TLS context is made anew for every request",
    family: Family::EventLoop,
    severity: Severity::Warning,
    since: "2026",
    by_default: true,
    page: include_str!("client_per_request.md"),
    check: Check::Whole(find),
};

fn find(program: &Program<'_>, _: &[FileFacts], projects: &Projects) -> Vec<Finding> {
    let deeds = [Deed::MakesClient, Deed::MakesAnyClient, Deed::MakesConnections, Deed::MakesContext];
    let (made, budget) = (done(program, &deeds), Budget::new());
    let mut findings: Vec<(Fun, Finding)> = Vec::new();
    for made in &made {
        // Of a synchronous and an asynchronous twin in one function, the first stands for both.
        let is_allowed = made.is_repeated() && budget.allows(program.facts(made.outside.file), 16);
        if is_allowed && findings.last().is_none_or(|(fun, _)| *fun != made.fun) {
            findings.extend(judge(program, projects, made).map(|finding| (made.fun, finding)));
        }
    }
    findings.into_iter().map(|(_, finding)| finding).collect()
}

fn judge(program: &Program<'_>, projects: &Projects, made: &Done<'_>) -> Option<Finding> {
    let facts = program.facts(made.outside.file);
    let serves_any = made.deed == Deed::MakesAnyClient;
    let is_alone =
        keywords(facts, &made.call).iter().any(|keyword| program.is_spelled(made.outside.file, Deed::Shares, keyword));
    if is_alone
        || is_part(program, made)
        || (!serves_any && depends_on_caller(facts, &made.call))
        || is_passed_in(program, made.outside)
        || outlives(program, made.outside)
    {
        return None;
    }
    let name = short(made.name);
    let what = match made.deed {
        Deed::MakesConnections => "a pool of connections",
        Deed::MakesContext => "a TLS context",
        _ => "a client",
    };
    let when = if matches!(made.reach.lane, Lane::Request | Lane::Message) {
        each(made.reach.lane)
    } else {
        "in every turn of a loop"
    };
    let cost = match made.deed {
        Deed::MakesConnections => "every one of them opens connections that the next cannot use",
        Deed::MakesContext => "the certificates of the system are read and parsed each time",
        _ => "no connection is used again: each time DNS, TCP and TLS are paid for anew",
    };
    let project = projects.of(program.path(made.outside.file));
    let finding = finding(
        program,
        Site {
            rule: RULE.name,
            fun: made.fun,
            at: made.span(),
            name,
            message: format!("`{name}` makes {what} {when}"),
            notes: vec![cost.to_owned()],
            help: help(program.platform(made.outside.file), project),
            severity: Severity::Warning,
            confidence: made.outside.confidence,
            stall: if made.deed == Deed::MakesContext { Stall::Tenths } else { Stall::None },
        },
    )?;
    // One client serves all functions of a module.
    Some(Finding { remedy_in: Some(program.module_of(made.outside.file)), ..finding })
}

/// Whether another client is given it.
fn is_part(program: &Program<'_>, made: &Done<'_>) -> bool {
    let facts = program.facts(made.outside.file);
    let is_it = |arg: &Arg| facts.expr(arg.value) == Expr::Call(made.outside.call);
    facts.calls.iter().any(|call| call.args.of(&facts.args).iter().any(is_it))
}

/// Where such a thing is made, in the words of the framework at hand.
fn help(platform: Platform, project: &Project) -> String {
    let depends = |name: &str| project.dependencies.contains(name);
    let place = match platform {
        Platform::Node if depends("@nestjs/core") => "in a provider",
        Platform::Node if depends("fastify") => "in a plugin, with `fastify.decorate`,",
        Platform::Node => "at the top of a module",
        Platform::Python if depends("fastapi") || depends("starlette") || depends("litestar") => {
            "in the application's `lifespan`"
        }
        Platform::Python if depends("quart") => "in `before_serving`",
        Platform::Python if depends("sanic") => "in `before_server_start`",
        Platform::Python if depends("aiohttp") => "in `app.cleanup_ctx`",
        Platform::Python => "while the program starts",
    };
    format!("make it once, {place} and use it for every request; close it when the program ends")
}
