package io.unicorn.sample.testsupport.load;

import java.util.Map;
import java.util.function.Predicate;

/**
 * What can go wrong with one request, as its client sees it.
 */
public enum Problem {

	/**
	 * No process listens on the port.
	 */
	CONNECT_REFUSED(Stage.CONNECTING),

	/**
	 * The handshake was not answered in time.
	 */
	CONNECT_TIMEOUT(Stage.CONNECTING),

	/**
	 * No connection for any other reason.
	 */
	CONNECT_FAILED(Stage.CONNECTING),

	/**
	 * The connection was reset before the first byte of a response.
	 */
	RESET_BEFORE_RESPONSE(Stage.LOST),

	/**
	 * The server closed the connection before the first byte of a response.
	 */
	EOF_BEFORE_RESPONSE(Stage.LOST),

	/**
	 * The connection was reset when a part of the response had arrived.
	 */
	RESET_MID_RESPONSE(Stage.LOST),

	/**
	 * The server closed the connection when a part of the response had arrived.
	 */
	EOF_MID_RESPONSE(Stage.LOST),

	/**
	 * Nothing more arrived for as long as the client waits.
	 */
	TIMEOUT(Stage.LOST),

	/**
	 * What arrived is not HTTP, or was not asked for.
	 */
	MALFORMED_RESPONSE(Stage.LOST),

	/**
	 * The load was stopped and the response still did not come to an end.
	 */
	UNFINISHED(Stage.LOST),

	/**
	 * A complete response with another status than 200.
	 */
	NOT_200(Stage.ANSWERED),

	/**
	 * A complete response with status 200 and a body that is not the expected one.
	 */
	WRONG_BODY(Stage.ANSWERED);

	private final Stage stage;

	Problem(Stage stage) {
		this.stage = stage;
	}

	/**
	 * Whether the request never left the client, for want of a connection.
	 * @return {@code true} if there was no connection
	 */
	public boolean isWhileConnecting() {
		return this.stage == Stage.CONNECTING;
	}

	/**
	 * Whether a request was sent, or begun to be sent, and no complete response came
	 * back.
	 * @return {@code true} if the request was lost
	 */
	public boolean isLoss() {
		return this.stage == Stage.LOST;
	}

	/**
	 * Add up the counts of some problems.
	 * @param problems how often each problem occurred
	 * @param kind which problems to add
	 * @return the sum
	 */
	public static long sum(Map<Problem, Long> problems, Predicate<Problem> kind) {
		return problems.entrySet()
			.stream()
			.filter((entry) -> kind.test(entry.getKey()))
			.mapToLong(Map.Entry::getValue)
			.sum();
	}

	private enum Stage {

		CONNECTING, LOST, ANSWERED

	}

}
