"""Forms: fields for what people type in Persian, how they are drawn, and what comes back when it was refused."""
