//! Models that are trained, saved and loaded; what is refused; the offsets of arguments beside those of the library's own description.
use hone::{set_threads, sys, Dataset, Fit, Model};

fn samples() -> (Vec<f32>, Vec<f32>) {
    let x: Vec<f32> = (0..400).map(|i| ((i * 37 % 101) as f32) / 50.0 - 1.0).collect();
    let y = x.chunks(2).map(|row| f32::from(u8::from(row[0] > row[1]))).collect();
    (x, y)
}

#[test]
fn trains_saves_and_loads() {
    let (x, y) = samples();
    let data = Dataset::new(&x, &[200, 2]).unwrap().with_targets(&y, &[200]).unwrap();
    assert_eq!(data.samples(), 200);
    let model = Model::sequential(&["input(shape=[2])", "dense(8, tanh)", "dense(1, sigmoid)"]).unwrap();
    model.compile("adam(0.05)", "binary_crossentropy", &["accuracy", "mse"]).unwrap();
    let history = model.fit(&data, &Fit { epochs: 20, validation_split: 0.2, ..Fit::default() }).unwrap();
    assert_eq!(history.get("val_accuracy").unwrap().len(), 20);
    assert!(history.last("loss").unwrap() < history.get("loss").unwrap()[0]);
    let outputs = model.predict(&data).unwrap();
    assert_eq!(outputs[0].shape, [200, 1]);
    let path = std::env::temp_dir().join(format!("hone-{}.keras", std::process::id()));
    model.save(path.to_str().unwrap()).unwrap();
    let again = Model::load(path.to_str().unwrap()).unwrap();
    std::fs::remove_file(&path).unwrap();
    set_threads(1).unwrap();
    assert_eq!(again.predict(&data).unwrap(), outputs);
    let values = again.evaluate(&data, &["loss", "accuracy"]).unwrap();
    assert!(values[1] > 0.9, "{values:?}");
    assert!(again.evaluate(&data, &["f1"]).unwrap_err().message.contains("there is no metric \"f1\""));
}

#[test]
fn recipes_have_models() {
    let yaml = "model: [{input: 2}, {dense: 3}]";
    let (x, _) = samples();
    let data = Dataset::new(&x, &[200, 2]).unwrap();
    assert_eq!(Model::recipe(yaml, &[]).unwrap().predict(&data).unwrap()[0].shape, [200, 3]);
    assert_eq!(Model::recipe(yaml, &[("model.1.units", "5")]).unwrap().predict(&data).unwrap()[0].shape, [200, 5]);
    assert!(Model::recipe(yaml, &[("model.1.unitz", "5")]).is_err());
}

#[test]
fn failures_have_the_sentence_of_the_library() {
    let (x, y) = samples();
    let said = Model::sequential(&["input(shape=[2])", "dense(1, rellu)"]).err().unwrap();
    assert!(said.message.contains("did you mean \"relu\"?") && said.status < 0, "{said}");
    let model = Model::sequential(&["input(shape=[3])", "dense(1)"]).unwrap();
    assert!(model.compile("sgd", "msee", &[]).unwrap_err().message.contains("msee"));
    model.compile("sgd", "mse", &[]).unwrap();
    let data = Dataset::new(&x, &[200, 2]).unwrap().with_targets(&y, &[200]).unwrap();
    assert!(model.fit(&data, &Fit::default()).unwrap_err().message.contains("takes data of shape (None, 3), not (None, 2)"));
    assert!(Dataset::new(&x, &[199, 2]).is_err());
    assert!(Dataset::load("nowhere.csv").is_err());
}

/// Each argument as `"name": "epochs", ..., "offset": 16` behind its function in the description; tests/rust_test.sh gives its path.
#[test]
fn arguments_are_where_the_library_has_them() {
    let Ok(path) = std::env::var("HONE_SCHEMA") else { return };
    let schema = std::fs::read_to_string(path).unwrap();
    let functions = schema.find("\"function\":").unwrap();
    for (function, member, offset) in sys::MEMBERS {
        let from = functions + schema[functions..].find(&format!("\"{function}\":")).unwrap();
        let field = from + schema[from..].find(&format!("\"name\": \"{member}\"")).unwrap();
        let at = field + schema[field..].find("\"offset\": ").unwrap() + 10;
        let found: String = schema[at..].chars().take_while(char::is_ascii_digit).collect();
        assert_eq!(found, offset.to_string(), "{function}: {member}");
    }
}
