//! Frames of every size, at every moment of a run.

use super::draw;
use crate::dashboard::keys::Key;
use crate::dashboard::metrics::Split;
use crate::dashboard::state::{Action, Plot, Position, State, Task};
use burn::train::metric::{MetricAttributes, MetricDefinition};
use burn::train::metric::{MetricEntry, MetricId, NumericEntry, SerializedEntry};
use burn::train::renderer::MetricState;
use emberlab_training::host::BestEpoch;
use emberlab_training::learner::LEARNING_RATE;
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::sync::Arc;

fn frame(state: &State, columns: u16, rows: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("a backend in memory");
    terminal.draw(|frame| draw(state, frame)).expect("a backend in memory");
    terminal.backend().to_string()
}

fn push(state: &mut State, split: Split, name: &str, value: f64, update: usize) {
    let metric_id = MetricId::new(Arc::new(name.to_owned()));
    state.metrics.register(MetricDefinition {
        metric_id: metric_id.clone(),
        name: name.to_owned(),
        description: None,
        attributes: MetricAttributes::None,
    });
    let entry = MetricEntry::new(metric_id, SerializedEntry::new(format!("{value:.4}"), value.to_string()));
    state.metrics.update(split, MetricState::Numeric(entry, NumericEntry::Value(value)));
    state.metrics.place(update);
}

/// A run in its third epoch.
fn training() -> State {
    let mut state = State::new("iris".into());
    state.phase = "training".into();
    for update in 1..=250 {
        push(&mut state, Split::Train, "Loss", 1.0 / update as f64, update);
        push(&mut state, Split::Train, "Perplexity of words", 2.0, update);
    }
    push(&mut state, Split::Valid, "Loss", 0.25, 200);
    push(&mut state, Split::Train, LEARNING_RATE, 0.01, 250);
    state.position =
        Position { epoch: 3, epochs: 10, update: 250, updates: 1000, samples: 50, samples_total: 100 };
    state.best = Some(BestEpoch { epoch: 2, score: "loss 0.2500".into(), patience_left: Some(4) });
    state
}

#[test]
fn all_panels_are_there_where_there_is_room() {
    let shown = frame(&training(), 100, 30);
    let wanted = [
        "Controls",
        "Metrics",
        "Status",
        "Plots",
        "Progress",
        "Full history",
        "train",
        "valid 0.2500",
        "Perplexity of words",
        "iris",
        "training",
        "3/10",
        "250/1000",
        "epoch 2, loss 0.2500",
        "4 validations left",
        "1.000e-2",
        "25%",
        "50%",
        "-:-- left",
    ];
    for text in wanted {
        assert!(shown.contains(text), "no `{text}` in\n{shown}");
    }
}

#[test]
fn the_smallest_terminal_shows_the_phase_the_epoch_and_the_selected_metric() {
    let mut state = training();
    let shown = frame(&state, 20, 5);
    for text in ["training", "epoch 3/10", "Loss  0.0040", "25%"] {
        assert!(shown.contains(text), "no `{text}` in\n{shown}");
    }
    state.press(Key::Right);
    assert!(frame(&state, 20, 5).contains("Perplexity of words"));
    state.press(Key::Letter('q'));
    let shown = frame(&state, 20, 5);
    for text in ["Quit?", "[s] Stop", "[k] Kill", "[c] Cancel"] {
        assert!(shown.contains(text), "no `{text}` in\n{shown}");
    }
}

#[test]
fn reading_data_is_shown_before_the_first_metric() {
    let mut state = State::new("iris".into());
    state.phase = "decoding".into();
    state.task = Some(Task { done: 30, total: Some(40) });
    for key in [Key::Left, Key::Right, Key::Up, Key::Down] {
        assert_eq!(state.press(key), None);
    }
    let shown = frame(&state, 90, 24);
    assert!(shown.contains("decoding") && shown.contains("75%"), "{shown}");
}

#[test]
fn keys_move_between_metrics_and_plots() {
    let mut state = training();
    let selected = |state: &State| {
        state
            .selected()
            .and_then(|index| state.metrics.numeric().nth(index))
            .map(|metric| metric.name.clone())
    };
    assert_eq!(selected(&state).as_deref(), Some("Loss"));
    state.press(Key::Left);
    assert_eq!(selected(&state).as_deref(), Some(LEARNING_RATE));
    state.press(Key::Right);
    assert_eq!(selected(&state).as_deref(), Some("Loss"));
    state.press(Key::Up);
    assert_eq!(state.plot, Plot::Recent);
    assert!(frame(&state, 100, 30).contains("Recent history"));
}

#[test]
fn quitting_asks_first() {
    let mut state = training();
    assert_eq!(state.press(Key::Letter('k')), None, "nothing without `q`");
    for (key, action) in [('s', Some(Action::Stop)), ('k', Some(Action::Kill)), ('c', None)] {
        state.press(Key::Letter('q'));
        assert_eq!(state.press(Key::Letter('x')), None);
        assert!(state.asks);
        assert_eq!(state.press(Key::Letter(key)), action);
        assert!(!state.asks);
    }
    state.press(Key::Letter('q'));
    assert_eq!(state.press(Key::Interrupt), Some(Action::Interrupt), "Ctrl-C is heard at any time");
}

fn keys() -> impl Strategy<Value = Vec<Key>> {
    let key = prop_oneof![
        Just(Key::Left),
        Just(Key::Right),
        Just(Key::Up),
        Just(Key::Down),
        Just(Key::Escape),
        Just(Key::Redraw),
        Just(Key::Letter('q')),
        Just(Key::Letter('c')),
        Just(Key::Letter('x')),
    ];
    prop::collection::vec(key, 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Values from real runs that diverge, and sizes that no terminal has.
    #[test]
    fn any_values_can_be_drawn_at_any_size(
        columns in 1_u16..220,
        rows in 1_u16..70,
        values in prop::collection::vec(any::<f64>(), 0..8),
        name in "\\PC{0,30}",
        keys in keys(),
        numbers: [usize; 6],
        done: u64,
        total: Option<u64>,
    ) {
        let mut state = State::new(name.clone());
        state.phase = name.clone();
        state.task = Some(Task { done, total });
        let [epoch, epochs, update, updates, samples, samples_total] = numbers;
        state.position = Position { epoch, epochs, update, updates, samples, samples_total };
        for (index, value) in values.iter().enumerate() {
            push(&mut state, Split::ALL[index % 3], &name, *value, index);
        }
        for key in keys {
            state.press(key);
            frame(&state, columns, rows);
        }
        frame(&state, columns, rows);
    }
}
