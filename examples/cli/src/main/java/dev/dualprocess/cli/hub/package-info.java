/** Downloads from the Hugging Face hub as people ask for them. */
package dev.dualprocess.cli.hub;
