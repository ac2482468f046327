from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('septam', '0006_audit_knows_whose'),
    ]

    operations = [
        migrations.CreateModel(
            name='Forgotten',
            fields=[
                ('name', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('upto', models.BigIntegerField(default=0)),
                ('rows', models.BigIntegerField(default=0)),
                ('at', models.DateTimeField(null=True)),
            ],
        ),
    ]
