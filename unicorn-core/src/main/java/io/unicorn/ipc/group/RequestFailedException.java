package io.unicorn.ipc.group;

import java.io.IOException;

/**
 * A request to another member has no reply, because the member is not there, has gone, is
 * too slow, or has said so.
 */
public class RequestFailedException extends IOException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create.
	 * @param problem why there is no reply
	 */
	public RequestFailedException(String problem) {
		super(problem);
	}

}
