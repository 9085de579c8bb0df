/** Language models behind an OpenAI-compatible endpoint. */
package dev.dualprocess.cli.language;
