package io.unicorn.sample.server;

import io.unicorn.sample.testsupport.Alone;
import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.OneJdk;

/**
 * Tests a pool on Jetty.
 */
@Alone
@OneJdk
class JettyContractIT extends ServerContract {

	JettyContractIT() {
		super(AppJar.jetty());
	}

	/** Jetty closes the connection as soon as it has sent code 1001. */
	@Override
	boolean awaitsAnswerToClose() {
		return false;
	}

}
