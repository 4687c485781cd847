package io.unicorn.sample.testsupport.load;

import java.time.Duration;

/**
 * One request that went wrong.
 *
 * @param at when, since the load began
 * @param client which client sent it
 * @param request the request
 * @param problem what went wrong
 * @param detail the exception's message, or the response
 * @param answeredBefore how many responses had come back on the same connection
 * @param sinceLastAnswer how long ago the last of them had; negative if there was none
 */
public record ProblemSample(Duration at, String client, String request, Problem problem, String detail,
		int answeredBefore, Duration sinceLastAnswer) {

	@Override
	public String toString() {
		String connection = (this.answeredBefore == 0) ? "first request on its connection"
				: "after %d responses on its connection, the last %d ms ago".formatted(this.answeredBefore,
						this.sinceLastAnswer.toMillis());
		return "at %.3f s %s: %s %s (%s): %s".formatted(this.at.toNanos() / 1e9, this.client, this.request,
				this.problem, connection, this.detail);
	}

}
