/** What a person at the command line sees, and how Ctrl-C reaches a run. */
package dev.dualprocess.cli.console;
