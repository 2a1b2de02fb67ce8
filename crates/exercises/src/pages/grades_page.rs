//! The page of a class: a table of points, what was hard, and each student's findings.

use crate::check::{FunctionReport, Report, Verdict};
use crate::grade::Grade;
use crate::tasks::TASKS;
use emberlab_report::page::{page, table};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Mistakes that are listed as common.
const N_COMMON: usize = 10;

/// The page.
pub fn grades_page(grades: &[Grade]) -> String {
    let body = html! {
        h1 { "Grades" }
        p.lead { (grades.len()) " folders, a point for each function and each answer." }
        (points(grades))
        h2 { "What was hard" }
        (hard(grades))
        (common(grades))
        h2 { "Each folder" }
        @for grade in grades { (of_folder(grade)) }
    };
    page("Grades · emberlab", body, &[])
}

fn points(grades: &[Grade]) -> Markup {
    let rows: Vec<Vec<String>> = grades
        .iter()
        .map(|Grade { folder, report, notes }| match report {
            Ok(report) => vec![
                folder.clone(),
                format!("{} of {}", report.points(), report.most_points()),
                format!("{} of {}", report.n_right_functions(), TASKS.len()),
                format!("{} of {}", report.n_right_answers(), report.questions.len()),
                notes.join("; "),
            ],
            Err(reason) => {
                vec![folder.clone(), "–".to_owned(), "–".to_owned(), "–".to_owned(), reason.clone()]
            }
        })
        .collect();
    table(&["folder", "points", "functions", "answers", "notes"], &rows)
}

/// The share of folders in which each function is right.
fn hard(grades: &[Grade]) -> Markup {
    let reports: Vec<&Report> = grades.iter().filter_map(|grade| grade.report.as_ref().ok()).collect();
    let count = |right: &dyn Fn(&Report) -> bool| reports.iter().filter(|report| right(report)).count();
    let shown = |name: &str, right: usize, open: usize| {
        vec![name.to_owned(), right.to_string(), (reports.len() - right - open).to_string(), open.to_string()]
    };
    let mut rows: Vec<Vec<String>> = TASKS
        .iter()
        .map(|task| {
            let right = count(&|report| report.function_is_right(task.name));
            let begun = |report: &Report| {
                report.functions.iter().any(|one| one.function == task.name && one.verdict != Verdict::Open)
            };
            shown(task.name, right, count(&|report| !begun(report)))
        })
        .collect();
    for (at, question) in
        reports.first().map(|report| report.questions.iter().enumerate()).into_iter().flatten()
    {
        let of = |report: &Report| report.questions.get(at).cloned();
        let right = count(&|report| of(report).is_some_and(|question| question.is_right()));
        let open = count(&|report| of(report).is_some_and(|question| question.is_open()));
        rows.push(shown(question.question, right, open));
    }
    table(&["function or question", "right", "wrong", "open"], &rows)
}

/// The mistakes that most students made.
fn common(grades: &[Grade]) -> Markup {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for report in grades.iter().filter_map(|grade| grade.report.as_ref().ok()) {
        for function in &report.functions {
            if let Verdict::Wrong { findings } = &function.verdict {
                let mut named: Vec<&str> = findings.iter().map(|finding| finding.mistake.as_str()).collect();
                named.sort_unstable();
                named.dedup();
                named
                    .into_iter()
                    .for_each(|mistake| *counts.entry((function.function, mistake)).or_default() += 1);
            }
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let rows: Vec<Vec<String>> = counts
        .into_iter()
        .take(N_COMMON)
        .map(|((function, mistake), count)| vec![mistake.to_owned(), function.to_owned(), count.to_string()])
        .collect();
    if rows.is_empty() {
        return html! {};
    }
    html! {
        h3 { "Common mistakes" }
        (table(&["mistake", "function", "students"], &rows))
    }
}

fn of_folder(Grade { folder, report, notes }: &Grade) -> Markup {
    let Ok(report) = report else { return html! {} };
    let wrong = |report: &&FunctionReport| matches!(report.verdict, Verdict::Wrong { .. });
    html! {
        details {
            summary { (folder) ": " (report.points()) " of " (report.most_points()) }
            @for note in notes { p.note { (note) } }
            @for (language, reason) in &report.broken { p { (language.name()) ": " (reason) } }
            ul {
                @for one in report.functions.iter().filter(wrong) {
                    @if let Verdict::Wrong { findings } = &one.verdict {
                        @for finding in findings {
                            li {
                                code { (one.function) } " in " (one.language.name())
                                @if !finding.output.is_empty() { ", " code { (finding.output) } }
                                ": " strong { (finding.mistake) } "; " (finding.advice)
                            }
                        }
                    }
                }
                @for question in report.questions.iter().filter(|question| !question.is_right()) {
                    li { code { (question.question) } ": " (question.verdict) }
                }
            }
        }
    }
}
