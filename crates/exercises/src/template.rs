//! Templates for students, made from the solutions: the bodies of the functions to write are taken out.

use crate::tasks::Task;

/// The solution in Rust without the bodies of the tasks.
pub fn rust(solution: &str) -> String {
    let mut lines = Vec::new();
    let mut rest = solution.lines();
    while let Some(line) = rest.next() {
        lines.push(line);
        if !is_task(line, "pub fn ") {
            continue;
        }
        // The signature ends with a line that opens the body; a line with only a bracket closes it.
        while !lines.last().is_some_and(|line| line.ends_with('{')) {
            let Some(line) = rest.next() else { break };
            lines.push(line);
        }
        rest.by_ref().find(|line| *line == "}");
        lines.extend(["    todo!()", "}"]);
    }
    joined(&lines)
}

/// The solution in Python without the bodies of the tasks.
pub fn python(solution: &str) -> String {
    let mut lines = Vec::new();
    let mut rest = solution.lines().peekable();
    while let Some(line) = rest.next() {
        lines.push(line);
        if !is_task(line, "def ") {
            continue;
        }
        // The documentation begins on the next line and ends with quotes, perhaps on the same line.
        let mut quotes = 0;
        while quotes < 2 {
            let Some(line) = rest.next() else { break };
            quotes += line.matches("\"\"\"").count();
            lines.push(line);
        }
        while rest.next_if(|line| line.is_empty() || line.starts_with(' ')).is_some() {}
        lines.push("    raise NotImplementedError");
        if rest.peek().is_some() {
            lines.extend(["", ""]);
        }
    }
    joined(&lines)
}

/// Whether the signature of a task begins on this line.
fn is_task(line: &str, keyword: &str) -> bool {
    let name = line.strip_prefix(keyword).and_then(|rest| rest.split('(').next());
    name.is_some_and(|name| Task::named(name).is_some())
}

fn joined(lines: &[&str]) -> String {
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use crate::language::Language;
    use crate::tasks::TASKS;

    #[test]
    fn templates_have_every_function_and_no_body() {
        let (rust, python) = (Language::Rust.template(), Language::Python.template());
        for task in &TASKS {
            assert!(rust.contains(&format!("pub fn {}(", task.name)), "{}", task.name);
            assert!(python.contains(&format!("def {}(", task.name)), "{}", task.name);
        }
        assert_eq!(rust.matches("todo!()").count(), TASKS.len());
        assert_eq!(python.matches("raise NotImplementedError").count(), TASKS.len());
        assert!(rust.contains("image[[c, i + u, j + v]] * filters") && python.contains("filters * image"));
        for solved in ["exp()", "np.exp", "np.clip", "column_sums", "np.outer"] {
            assert!(!rust.contains(solved) && !python.contains(solved), "{solved} is in a template");
        }
    }
}
