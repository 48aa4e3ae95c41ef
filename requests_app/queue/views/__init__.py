"""Pages of the queue: between the browser and the services, without a rule of their own."""
