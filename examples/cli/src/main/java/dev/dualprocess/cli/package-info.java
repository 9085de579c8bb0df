/** The command line {@code dualprocess}, one class a subcommand. */
package dev.dualprocess.cli;
