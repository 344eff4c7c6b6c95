//! Conversations with a Brainstormer, and such as never come to an end.

use super::*;

#[tokio::test]
async fn a_brainstormer_explores_corrects_itself_and_hands_in() {
    let chat = Scripted::new(vec![
        call("list_files", json!({})),
        call("preview", json!({ "path": "plants.csv", "rows": 3 })),
        call("profile_column", json!({ "column": "mildew" })),
        // Its imperfections: a path that is none, a column that is none, an argument of the wrong kind, an invented tool.
        call("preview", json!({ "path": "../secret" })),
        call("profile_column", json!({ "column": "mildow" })),
        call("preview", json!({ "path": "plants.csv", "rows": "many" })),
        call("shell", json!({ "command": "env" })),
        submit("mildow"),
        submit("mildew"),
    ]);
    let conversed = brainstorm_with(&chat, 20).await;
    let Outcome::Handed(Brainstormed::Proposals(proposals)) = conversed.outcome else {
        panic!("{:?}", conversed.outcome)
    };
    assert_eq!(proposals.len(), 1);
    assert_eq!(proposals[0].id.as_str(), "greenhouse--mildew-binary");
    assert_eq!(conversed.trace.steps, 9);
    let failures: Vec<(&str, u32)> = conversed
        .trace
        .failures
        .iter()
        .map(|(name, times)| (name.as_str(), *times))
        .collect();
    assert_eq!(
        failures,
        [
            ("preview", 2),
            ("profile_column", 1),
            ("shell", 1),
            ("submit_proposals", 1)
        ]
    );
    assert_eq!(
        conversed.trace.prompts.keys().collect::<Vec<_>>(),
        ["brainstormer/system", "brainstormer/task"]
    );
    let results: Vec<String> = chat
        .results()
        .into_iter()
        .map(|(name, text)| format!("== {name}\n{text}"))
        .collect();
    insta::assert_snapshot!("brainstormer_results", results.join("\n"));
    insta::assert_snapshot!("brainstormer_first_message", first_message(&chat));
}

#[tokio::test]
async fn duplicates_are_merged_and_a_refusal_is_a_result() {
    let twice = call(
        "submit_proposals",
        json!({ "proposals": [formulation("mildew"), formulation("mildew")] }),
    );
    let Outcome::Handed(Brainstormed::Proposals(proposals)) =
        brainstorm_with(&Scripted::new(vec![twice]), 5)
            .await
            .outcome
    else {
        panic!("proposals were handed in")
    };
    assert_eq!(proposals.len(), 1);

    let refuse = call(
        "refuse",
        json!({ "reason": "no_target", "detail": "Nothing\n is  predicted by anything." }),
    );
    let Outcome::Handed(Brainstormed::Refused(refusal)) =
        brainstorm_with(&Scripted::new(vec![refuse]), 5)
            .await
            .outcome
    else {
        panic!("it refused")
    };
    assert_eq!(refusal.reason, facts::RefusalReason::NoTarget);
    assert_eq!(refusal.detail, "Nothing is predicted by anything.");
}

#[tokio::test]
async fn a_model_that_hands_nothing_in_gives_up_and_is_no_error() {
    let looks = Scripted::new(Vec::new()).forever(|| call("list_files", json!({})));
    let conversed = brainstorm_with(&looks, 7).await;
    assert_eq!(
        conversed.outcome,
        Outcome::GaveUp {
            reason: "nothing was handed in within 7 replies".to_owned(),
            steps: 7
        }
    );
    let last = looks.results().pop().unwrap().1;
    assert!(last.contains("[Replies left: 1."), "{last}");

    let talks = Scripted::new(Vec::new()).forever(|| text("All in good time."));
    let Outcome::GaveUp { reason, steps } = brainstorm_with(&talks, 50).await.outcome else {
        panic!("it only talked")
    };
    assert_eq!(steps, 5);
    assert!(reason.contains("without a call"), "{reason}");

    let declines = Scripted::new(vec![Say::Text(String::new(), Finish::Refusal)]);
    let Outcome::GaveUp { reason, steps } = brainstorm_with(&declines, 50).await.outcome else {
        panic!("it declined")
    };
    assert_eq!(
        (steps, reason.as_str()),
        (1, "the model declined to answer")
    );
}

#[tokio::test]
async fn endless_text_is_cut_and_told() {
    let chat = Scripted::new(vec![
        Say::Text("la ".repeat(50_000), Finish::Length),
        Say::Cut(
            "submit_proposals",
            "{\"proposals\": [{\"title\": \"a".to_owned(),
        ),
        submit("mildew"),
    ]);
    let conversed = brainstorm_with(&chat, 10).await;
    assert!(matches!(conversed.outcome, Outcome::Handed(_)));
    let last = chat.requests().pop().unwrap();
    let [
        _,
        Message::Assistant { text, .. },
        Message::User { text: nudge },
        ..,
    ] = last.messages.as_slice()
    else {
        panic!("{:?}", last.messages)
    };
    assert!(text.len() < 5_000);
    assert!(nudge.contains("length limit"), "{nudge}");
    let (_, cut) = chat.results().remove(0);
    assert!(cut.contains("not JSON") && cut.contains("cut off"), "{cut}");
}

#[tokio::test]
async fn the_proposal_that_is_shown_is_one() {
    let chat = Scripted::new(vec![call("list_files", json!({}))]);
    brainstorm_with(&chat, 1).await;
    let asked = chat.requests();
    let (_, rest) = asked[0].system.split_once("```json\n").unwrap();
    let (shown, _) = rest.split_once("```").unwrap();
    let tools = &asked[0].tools;
    let submit = tools.iter().find(|tool| tool.name == "submit_proposals");
    let arguments = format!("{{\"proposals\": [{shown}]}}");
    assert_eq!(arguments::read(submit.unwrap(), &arguments).err(), None);
    let shown: Formulation = serde_json::from_str(shown).unwrap();
    assert_eq!(shown.left_out.len(), 2);
}
