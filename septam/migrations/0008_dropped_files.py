from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('septam', '0007_what_was_forgotten'),
    ]

    operations = [
        migrations.CreateModel(
            name='DroppedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, unique=True)),
                ('dropped_at', models.DateTimeField()),
                ('tries', models.PositiveIntegerField(default=0)),
            ],
        ),
    ]
