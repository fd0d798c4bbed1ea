package db

// MigrationProvider lets a test go down and up again.
var MigrationProvider = migrationProvider
