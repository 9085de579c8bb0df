/** Which published models a machine has room for. */
package dev.dualprocess.cli.advice;
