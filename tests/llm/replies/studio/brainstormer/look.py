import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

members = pd.read_csv("raw/members.csv")
visits = pd.read_csv("raw/visits.csv", parse_dates=["day"])
print("members", members.shape, "unique:", members["member"].is_unique, "| visits", visits.shape)
print("visits of unknown members:", int((~visits["member"].isin(members["member"])).sum()))
print("members without visits:", int((~members["member"].isin(visits["member"])).sum()))
print("joined", members["joined"].min(), "to", members["joined"].max(), "| visits", visits["day"].min().date(), "to", visits["day"].max().date())
print("visits before joining:", int((visits.merge(members, on="member").eval("day < joined")).sum()))
print("empty minutes:", int(visits["minutes"].isna().sum()), "| least minutes:", visits["minutes"].min())
print("renewed:", members["renewed"].value_counts().to_dict())

yes = members.set_index("member")["renewed"] == "yes"
month = visits["day"].dt.month
table = pd.DataFrame(
    {
        "visits": visits.groupby("member").size(),
        "november": visits[month == 11].groupby("member").size(),
        "empty minutes": visits[visits["minutes"].isna()].groupby("member").size(),
        "mean minutes": visits.groupby("member")["minutes"].mean(),
    }
).reindex(yes.index).fillna(0)
print(table.groupby(yes).mean().round(2))
folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=3, random_state=0)
plan = pd.get_dummies(members.set_index("member")[["plan", "town", "referred"]]).astype("float").join(members.set_index("member")["age"])
for name, features in [("members alone", plan), ("visits alone", table), ("both", plan.join(table))]:
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    print(name, "AUC", cross_val_score(model, features, yes, cv=folds, scoring="roc_auc").mean().round(3))
