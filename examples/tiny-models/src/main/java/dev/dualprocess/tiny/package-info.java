/** The tiny trained models, and nothing else. */
package dev.dualprocess.tiny;
