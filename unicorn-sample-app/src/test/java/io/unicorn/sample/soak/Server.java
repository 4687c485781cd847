package io.unicorn.sample.soak;

import java.io.IOException;
import java.util.List;

import io.unicorn.sample.testsupport.http.Dialer;

/**
 * A running server under test.
 */
interface Server extends AutoCloseable {

	/** Its name in the table. */
	String name();

	/** How clients reach it. */
	Dialer dialer();

	/**
	 * Roll out once, and wait until that is complete.
	 * @throws IOException if it did not succeed
	 */
	void rollOut() throws IOException;

	/** What went wrong on the server's side, apart from requests. */
	List<String> complaints();

	@Override
	void close() throws IOException;

}
