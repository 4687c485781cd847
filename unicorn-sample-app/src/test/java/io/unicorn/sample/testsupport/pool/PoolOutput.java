package io.unicorn.sample.testsupport.pool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.Await;
import org.jspecify.annotations.Nullable;

/**
 * The output of all processes of a pool, in the order in which it was printed.
 */
final class PoolOutput {

	private final Path file;

	PoolOutput(Path file) {
		this.file = file;
	}

	String text() {
		try {
			return new String(Files.readAllBytes(this.file), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The first match in what was printed so far.
	 */
	Optional<MatchResult> find(Pattern pattern) {
		return pattern.matcher(text()).results().findFirst();
	}

	/**
	 * Wait for a match.
	 * @param from where in the text to begin
	 * @param pattern what to look for
	 * @param timeout how long to wait at most
	 * @param over whether nothing more can be printed
	 */
	MatchResult await(int from, Pattern pattern, Duration timeout, BooleanSupplier over) {
		Search search = new Search(from, pattern);
		boolean ended = Await.holds(timeout, () -> {
			// Checked before the search, which then sees everything that was printed.
			boolean last = over.getAsBoolean();
			return search.succeeds() || last;
		});
		MatchResult found = search.found;
		if (found == null) {
			throw new AssertionError("%s, and '%s' was not printed"
				.formatted(ended ? "All processes have ended" : "Waited %d ms".formatted(timeout.toMillis()), pattern));
		}
		return found;
	}

	private final class Search {

		private final int from;

		private final Pattern pattern;

		private @Nullable MatchResult found;

		Search(int from, Pattern pattern) {
			this.from = from;
			this.pattern = pattern;
		}

		boolean succeeds() {
			String text = text();
			Matcher matcher = this.pattern.matcher(text);
			if (this.from <= text.length() && matcher.find(this.from)) {
				this.found = matcher.toMatchResult();
			}
			return this.found != null;
		}

	}

}
