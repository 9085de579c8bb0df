/**
 * What a language model is asked to do around the method: expand prompts, find questions, judge
 * images. The words it is asked with are files that a user can replace.
 */
package dev.dualprocess.language;
