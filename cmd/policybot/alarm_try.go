package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

// newAlarm sends a message by every way that is set up, so that nobody has to
// wait for the first trouble to know whether it arrives.
func newAlarm() *cobra.Command {
	s, envErr := fromEnvironment()
	c := &cobra.Command{
		Use: "alarm", Short: "Send a test alarm by every way that is set up", Args: cobra.NoArgs,
		Long: `Send a message that says it is a test by every way by which 'policybot serve'
would send alarms, with the same settings: to the robots and mail addresses of
those on duty and of the deputies. Exit status 0 when all have taken it.`,
		Example: `  policybot alarm
  policybot alarm --alarm-mail wang@example.gov.cn --mail-server smtp.example.gov.cn --mail-user policybot@example.gov.cn --mail-password-file password`,
		RunE: func(c *cobra.Command, _ []string) error {
			if envErr != nil {
				return envErr
			}
			if err := s.readAlarms(); err != nil {
				return err
			}
			ways, err := s.alarmWays()
			if err != nil {
				return err
			}
			if len(ways) == 0 {
				return usageError{errors.New("no way for alarms is set up: give --alarm-url or --alarm-mail")}
			}
			failed := 0
			for _, w := range ways {
				err := w.send(c.Context(), "政策问答：测试", "这是一条测试消息，用来确认提醒能收到，不用处理。")
				if err != nil {
					failed++
					fmt.Fprintf(c.OutOrStdout(), "%s: not sent: %v\n", w.name, err)
					continue
				}
				fmt.Fprintf(c.OutOrStdout(), "%s: sent\n", w.name)
			}
			if failed > 0 {
				return exitCode(1)
			}
			return nil
		},
	}
	s.alarmFlags(c.Flags())
	return c
}
