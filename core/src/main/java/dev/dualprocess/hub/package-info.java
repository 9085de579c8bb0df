/** The Hugging Face hub: its cache on this machine, and downloads into it that Python shares. */
package dev.dualprocess.hub;
