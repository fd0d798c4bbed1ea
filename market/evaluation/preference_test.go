package evaluation

import (
	"strings"
	"testing"

	"github.com/southeasttogether/dps/market/markettest"
)

func TestCheckAndAnswerPreference(t *testing.T) {
	for words, want := range map[string]string{"Near home, where Zara's brother is.": "", " \n": "INVALID words", strings.Repeat("x",
		4001): "INVALID words"} {
		if err := CheckPreference(words); markettest.RefusalCode(t, err) != want {
			t.Errorf("%.20q: %v", words, err)
		}
	}
	if err := AnswerPreference(AnswerPreferenceInput{}); markettest.RefusalCode(t, err) != "INVALID effect" {
		t.Errorf("no effect: %v", err)
	}
}
