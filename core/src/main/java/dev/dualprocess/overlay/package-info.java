/** Visual prompts: drawings laid over an image, differentiably, before a verifier sees it. */
package dev.dualprocess.overlay;
