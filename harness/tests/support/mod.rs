//! Real reports for the tests of everything that is done with reports.

#![allow(dead_code, reason = "each test target needs another part of this")]

use std::process::{Command, Output};
use std::rc::Rc;

use sessionspec::Options;
use sessionspec::backend::in_process;
use sessionspec::backend::{Backend, BackendError, Body, CycleRequest, CycleResponse, LocalBoxFuture};
use sessionspec::engine::report::{Report, ThisRun};
use sessionspec::engine::script::Answer;
use sessionspec::reference::{Description, Map, Memory, Value};
use sessionspec_cli::builtin::{self, OverHttp};

/// Everything that has ever been markup somewhere.
pub(crate) const HOSTILE: &str = concat!(
    "<script>window.hacked = 1</script></script><!--\"><img src=x onerror='window.hacked = 1'>",
    "{{ 7 * 7 }}`@everyone` ]]> | # \\ \u{2028}\u{2029}\u{202e}\u{1b}[31m\u{9b}31m\u{0}"
);

/// A backend with the reference behind it, on whose side every text turns hostile.
pub(crate) struct Hostile(Rc<dyn Backend>);

impl Hostile {
    pub(crate) fn backend() -> Rc<dyn Backend> {
        Rc::new(Self(in_process(Memory::default())))
    }
}

impl Backend for Hostile {
    fn describe(&self) -> LocalBoxFuture<'_, Result<Description, BackendError>> {
        Box::pin(async {
            let mut description = self.0.describe().await?;
            description.name = Some(format!("hostile {HOSTILE}"));
            Ok(description)
        })
    }

    fn cycle(&self, request: CycleRequest) -> LocalBoxFuture<'_, Result<CycleResponse, BackendError>> {
        Box::pin(async move {
            let mut response = self.0.cycle(request).await?;
            if let Body::Answers { results, .. } = &mut response.body {
                results.iter_mut().for_each(turn);
            }
            response.headers.append("Set-Cookie", "</script><b>evil=1; Path=<i>".as_bytes().to_vec());
            Ok(response)
        })
    }
}

fn turn(answer: &mut Answer) {
    match answer {
        Answer::Ok(Value::String(text)) => text.push_str(HOSTILE),
        Answer::Ok(Value::Object(items)) => {
            *items =
                std::mem::take(items).into_iter().map(|(key, value)| (key + HOSTILE, value)).collect::<Map>();
        }
        _ => {}
    }
}

/// Runs something that is local to its thread.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a test has a runtime");
    runtime.block_on(tokio::task::LocalSet::new().run_until(future))
}

/// The report of a backend, in-process.
pub(crate) fn report_on(backend: Rc<dyn Backend>, options: Options) -> Report {
    block_on(sessionspec::run(backend, options)).expect("the backend answers")
}

/// The report of an embedded backend, in-process.
pub(crate) fn report_of(name: &str, options: Options) -> Report {
    block_on(run_embedded(name, options))
}

/// The same, for those who wait for it in a runtime of their own.
pub(crate) async fn run_embedded(name: &str, options: Options) -> Report {
    let builtin = builtin::find(name).expect("it is embedded");
    let options = Options { glue: builtin.glue(), ..options };
    sessionspec::run(builtin.open(), options).await.expect("the backend answers")
}

/// The report of an embedded backend, over HTTP.
pub(crate) fn report_over_http(name: &str, options: Options) -> Report {
    let builtin = builtin::find(name).expect("it is embedded");
    let options = Options { door: "http".to_owned(), glue: builtin.glue(), ..options };
    block_on(async {
        let served: Rc<dyn Backend> =
            Rc::new(OverHttp::serve(builtin.open()).await.expect("there is a port"));
        sessionspec::run(served, options).await
    })
    .expect("the backend answers")
}

/// Options that run these checks alone.
pub(crate) fn only(checks: &[&str]) -> Options {
    Options { only: Some(checks.iter().map(|check| (*check).to_owned()).collect()), ..Options::default() }
}

/// The report as if it had always been made at the same time, and as fast.
pub(crate) fn timeless(mut report: Report) -> Report {
    let checks = report.checks.iter().map(|check| (check.id.clone(), 5)).collect();
    let compared = report.this_run.map(|run| run.compared).unwrap_or_default();
    let (started, milliseconds, jobs) = (1_700_000_000, 1234, 1);
    report.this_run = Some(ThisRun { started, milliseconds, checks, compared, jobs, ..ThisRun::default() });
    report
}

/// The command.
pub(crate) fn sessionspec(arguments: &[&str]) -> Output {
    command().args(arguments).output().expect("the command is built")
}

/// The command, with nothing in its environment that says how text should look.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sessionspec"));
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
        command.env_remove(variable);
    }
    command
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("reports are UTF-8")
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("complaints are UTF-8")
}
