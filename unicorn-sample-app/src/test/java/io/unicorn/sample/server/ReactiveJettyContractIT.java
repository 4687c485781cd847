package io.unicorn.sample.server;

import io.unicorn.sample.testsupport.Alone;
import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;

/**
 * Tests a pool of a reactive application on Jetty.
 */
@Alone
@Nightly
@OneJdk
class ReactiveJettyContractIT extends ServerContract {

	ReactiveJettyContractIT() {
		super(AppJar.reactiveOnJetty());
	}

	/** Jetty closes the connection as soon as it has sent code 1001. */
	@Override
	boolean awaitsAnswerToClose() {
		return false;
	}

}
