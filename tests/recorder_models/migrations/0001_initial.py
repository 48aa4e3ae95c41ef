import audit.creating
import audit.schema
import audit.versions
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import simple_history.models
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("audit", "0006_trail"),
        ("requests_app", "0011_desk"),
    ]

    operations = [
        audit.creating.CreateModels(
            models=[
                migrations.CreateModel(
                    name="EveryField",
                    fields=[
                        ("token", models.UUIDField(primary_key=True, serialize=False)),
                        ("document", models.JSONField(default=dict)),
                        (
                            "words",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.TextField(), default=list, size=None
                            ),
                        ),
                        ("content", models.BinaryField(default=b"")),
                        ("amount", models.DecimalField(decimal_places=4, default=0, max_digits=19)),
                        (
                            "doubled",
                            models.GeneratedField(
                                db_persist=True,
                                expression=django.db.models.expressions.CombinedExpression(
                                    models.F("amount"), "*", models.Value(2)
                                ),
                                output_field=models.DecimalField(decimal_places=4, max_digits=20),
                            ),
                        ),
                        ("file", models.FileField(blank=True, upload_to="files")),
                        ("moment", models.DateTimeField(null=True)),
                        ("day", models.DateField(null=True)),
                        ("clock", models.TimeField(null=True)),
                        ("length", models.DurationField(null=True)),
                        ("ratio", models.FloatField(default=0)),
                        ("made_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "stamped_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now()
                            ),
                        ),
                        (
                            "colour",
                            models.CharField(
                                choices=[("red", "Red"), ("blue", "Blue")],
                                default="red",
                                max_length=10,
                            ),
                        ),
                        ("maybe", models.BooleanField(null=True)),
                        ("address", models.GenericIPAddressField(null=True)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("order", models.IntegerField(default=0)),
                        ("spaced", models.IntegerField(db_column="Mixed Case", default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name="Paper",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=100)),
                        (
                            "support_request",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="requests_app.supportrequest",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Tag",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=50, unique=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="Parent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=100)),
                        ("note", models.TextField(blank=True)),
                        ("count", models.IntegerField(default=0)),
                        (
                            "tags",
                            models.ManyToManyField(
                                through="recorder_models.ParentTag", to="recorder_models.tag"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Child",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("name", models.CharField(max_length=100)),
                        (
                            "parent",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="children",
                                to="recorder_models.parent",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ParentProxy",
                    fields=[],
                    options={
                        "proxy": True,
                    },
                    bases=("recorder_models.parent",),
                ),
                migrations.CreateModel(
                    name="ParentTag",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                to="recorder_models.parent",
                            ),
                        ),
                        (
                            "tag",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                to="recorder_models.tag",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="HistoricalChild",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        ("name", models.CharField(blank=True, null=True)),
                        ("history_change_reason", models.TextField(null=True)),
                        ("history_user_id", models.BigIntegerField(null=True)),
                        (
                            "history_id",
                            models.BigAutoField(editable=False, primary_key=True, serialize=False),
                        ),
                        ("history_date", models.DateTimeField()),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="audit.event",
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="recorder_models.parent",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "child version",
                        "verbose_name_plural": "child versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="recorder_model_11180_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="recorder_model_11180_v_date"
                            ),
                            models.Index(fields=["event"], name="recorder_model_11180_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalEveryField",
                    fields=[
                        ("salt", models.BinaryField()),
                        ("token", models.UUIDField(blank=True, null=True)),
                        ("document", models.JSONField(blank=True, null=True)),
                        (
                            "words",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.TextField(), blank=True, null=True, size=None
                            ),
                        ),
                        ("content", models.BinaryField(blank=True, null=True)),
                        ("amount", audit.versions.UnscaledDecimalField(blank=True, null=True)),
                        ("doubled", audit.versions.UnscaledDecimalField(blank=True, null=True)),
                        ("file", models.TextField(blank=True, max_length=100, null=True)),
                        ("moment", models.DateTimeField(blank=True, null=True)),
                        ("day", models.DateField(blank=True, null=True)),
                        ("clock", models.TimeField(blank=True, null=True)),
                        ("length", models.DurationField(blank=True, null=True)),
                        ("ratio", models.FloatField(blank=True, null=True)),
                        ("made_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("stamped_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "colour",
                            models.CharField(
                                blank=True, choices=[("red", "Red"), ("blue", "Blue")], null=True
                            ),
                        ),
                        ("maybe", models.BooleanField(blank=True, null=True)),
                        ("address", models.GenericIPAddressField(blank=True, null=True)),
                        ("email", models.CharField(blank=True, null=True)),
                        ("order", models.IntegerField(blank=True, null=True)),
                        (
                            "spaced",
                            models.IntegerField(blank=True, db_column="Mixed Case", null=True),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("history_user_id", models.BigIntegerField(null=True)),
                        (
                            "history_id",
                            models.BigAutoField(editable=False, primary_key=True, serialize=False),
                        ),
                        ("history_date", models.DateTimeField()),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="audit.event",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "every field version",
                        "verbose_name_plural": "every field versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["token", "-history_id"], name="recorder_model_03319_v_row"
                            ),
                            models.Index(
                                fields=["token", "history_date"], name="recorder_model_03319_v_date"
                            ),
                            models.Index(fields=["event"], name="recorder_model_03319_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalPaper",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        ("name", models.CharField(blank=True, null=True)),
                        ("history_change_reason", models.TextField(null=True)),
                        ("history_user_id", models.BigIntegerField(null=True)),
                        (
                            "history_id",
                            models.BigAutoField(editable=False, primary_key=True, serialize=False),
                        ),
                        ("history_date", models.DateTimeField()),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="audit.event",
                            ),
                        ),
                        (
                            "support_request",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="requests_app.supportrequest",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "paper version",
                        "verbose_name_plural": "paper versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="recorder_model_9680e_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="recorder_model_9680e_v_date"
                            ),
                            models.Index(fields=["event"], name="recorder_model_9680e_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalParent",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        ("name", models.CharField(blank=True, null=True)),
                        ("note", models.TextField(blank=True, null=True)),
                        ("count", models.IntegerField(blank=True, null=True)),
                        ("history_change_reason", models.TextField(null=True)),
                        ("history_user_id", models.BigIntegerField(null=True)),
                        (
                            "history_id",
                            models.BigAutoField(editable=False, primary_key=True, serialize=False),
                        ),
                        ("history_date", models.DateTimeField()),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="audit.event",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "parent version",
                        "verbose_name_plural": "parent versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="recorder_model_a2fc0_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="recorder_model_a2fc0_v_date"
                            ),
                            models.Index(fields=["event"], name="recorder_model_a2fc0_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalParentTag",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        ("history_change_reason", models.TextField(null=True)),
                        ("history_user_id", models.BigIntegerField(null=True)),
                        (
                            "history_id",
                            models.BigAutoField(editable=False, primary_key=True, serialize=False),
                        ),
                        ("history_date", models.DateTimeField()),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="audit.event",
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="recorder_models.parent",
                            ),
                        ),
                        (
                            "tag",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="recorder_models.tag",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "parent tag version",
                        "verbose_name_plural": "parent tag versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="recorder_model_480f2_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="recorder_model_480f2_v_date"
                            ),
                            models.Index(fields=["event"], name="recorder_model_480f2_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
                migrations.CreateModel(
                    name="HistoricalTag",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, null=True, verbose_name="ID"
                            ),
                        ),
                        ("salt", models.BinaryField()),
                        ("name", models.CharField(blank=True, null=True)),
                        ("history_change_reason", models.TextField(null=True)),
                        ("history_user_id", models.BigIntegerField(null=True)),
                        (
                            "history_id",
                            models.BigAutoField(editable=False, primary_key=True, serialize=False),
                        ),
                        ("history_date", models.DateTimeField()),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="audit.event",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "tag version",
                        "verbose_name_plural": "tag versions",
                        "ordering": ("-history_id",),
                        "get_latest_by": ("history_id",),
                        "indexes": [
                            models.Index(
                                fields=["id", "-history_id"], name="recorder_models_tag_v_row"
                            ),
                            models.Index(
                                fields=["id", "history_date"], name="recorder_models_tag_v_date"
                            ),
                            models.Index(fields=["event"], name="recorder_models_tag_v_event"),
                        ],
                    },
                    bases=(
                        simple_history.models.HistoricalChanges,
                        models.Model,
                        audit.versions.VersionMark,
                    ),
                ),
            ],
        ),
        audit.schema.InstallTriggers(
            tables=[
                ("recorder_models_child", "recorder_models_historicalchild"),
                ("recorder_models_everyfield", "recorder_models_historicaleveryfield"),
                (
                    "recorder_models_paper",
                    "recorder_models_historicalpaper",
                    [],
                    "support_request_id",
                ),
                ("recorder_models_parent", "recorder_models_historicalparent"),
                ("recorder_models_parenttag", "recorder_models_historicalparenttag"),
                ("recorder_models_tag", "recorder_models_historicaltag"),
            ],
        ),
    ]
